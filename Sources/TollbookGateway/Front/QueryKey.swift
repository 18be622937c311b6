/// Finds a virtual key given as `?key=`, as Gemini's SDKs send it.
enum QueryKey {
    /// The first `key`, percent-decoded; nil: none, or not decodable.
    static func secret(in query: Substring) -> String? {
        for pair in query.split(separator: "&") where pair.hasPrefix("key=") {
            return PercentText.decode(pair.dropFirst(4))
        }
        return nil
    }

    /// The query without any `key`; nil when nothing is left.
    ///
    /// - Parameter isAzures: whether the path is of Azure's shape: `api-version` is then the caller's with the gateway,
    ///   and not the provider's.
    static func removed(from query: Substring, isAzures: Bool = false) -> String? {
        let kept = query.split(separator: "&").filter { pair in
            !pair.hasPrefix("key=") && !(isAzures && pair.hasPrefix("api-version="))
        }.joined(separator: "&")
        return kept.isEmpty ? nil : kept
    }
}

/// Percent-encoding (RFC 3986, section 2.1).
enum PercentText {
    /// A text as one segment of a path: everything but letters, digits and `-._~` is escaped.
    static func encode(segment: String) -> String {
        var encoded = ""
        for byte in segment.utf8 {
            let isPlain =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(byte)
            if isPlain {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    /// The decoded text; nil for a broken escape or what is not UTF-8.
    static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A text as part of a path: slashes stay, all else that is not unreserved is escaped.
    static func encodePath(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
