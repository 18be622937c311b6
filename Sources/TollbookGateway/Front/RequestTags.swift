/// The header `x-tollbook-tags: k=v,k=v`.
package enum RequestTags {
    /// The tags sorted by name and joined again; nil for a header that breaks a rule.
    ///
    /// At most 16 tags; names of 1 to 64 letters, digits, `_`, `.` and `-`, none twice; values of at most 128
    /// bytes without control characters. An empty header has no tags and gives an empty text.
    package static func normalized(_ header: String) -> String? {
        var tags: [(name: Substring, value: Substring)] = []
        for pair in header.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = pair.trimmingSpaces()
            if pair.isEmpty { continue }
            guard let tag = tag(pair), tags.count < GatewayLimits.tags, !tags.contains(where: { $0.name == tag.name })
            else { return nil }
            tags.append(tag)
        }
        return tags.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }

    private static func tag(_ pair: Substring) -> (name: Substring, value: Substring)? {
        guard let equals = pair.firstIndex(of: "=") else { return nil }
        let name = pair[..<equals].trimmingSpaces()
        let value = pair[pair.index(after: equals)...].trimmingSpaces()
        guard (1...GatewayLimits.tagNameBytes).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte),
            value.utf8.count <= GatewayLimits.tagValueBytes, value.isFreeOfControlCharacters
        else { return nil }
        return (name, value)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// No C0 control, DEL, C1 control, or line or paragraph separator.
    var isFreeOfControlCharacters: Bool {
        unicodeScalars.allSatisfy { scalar in
            !(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value))
        }
    }
}
