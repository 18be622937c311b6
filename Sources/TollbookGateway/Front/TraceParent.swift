/// The `traceparent` header (W3C Trace Context, section 3.2).
package enum TraceParent {
    /// The 16 bytes of the trace id; nil when the header is not valid, which is no error: it is ignored.
    package static func traceID(_ header: String) -> [UInt8]? {
        let bytes = Array(header.utf8)
        // version-traceid-parentid-flags; later versions may go on behind another hyphen.
        guard bytes.count >= 55, bytes[2] == hyphen, bytes[35] == hyphen, bytes[52] == hyphen,
            bytes.count == 55 || (bytes[55] == hyphen && !header.hasPrefix("00")), !header.hasPrefix("ff")
        else { return nil }
        guard hex(bytes[0..<2]) != nil, hex(bytes[36..<52]) != nil, hex(bytes[53..<55]) != nil,
            let id = hex(bytes[3..<35]), id.contains(where: { $0 != 0 })
        else { return nil }
        return id
    }

    private static let hyphen = UInt8(ascii: "-")

    /// Lower-case hexadecimal digits as bytes.
    private static func hex(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = lowerHexValue(digits[index]), let low = lowerHexValue(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func lowerHexValue(_ digit: UInt8) -> UInt8? {
        digit >= UInt8(ascii: "A") && digit <= UInt8(ascii: "F") ? nil : PercentText.hexValue(digit)
    }
}
