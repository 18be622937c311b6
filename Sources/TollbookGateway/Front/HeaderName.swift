/// Comparisons of header names, which ignore the case of letters (RFC 9110, section 5.1).
enum HeaderName {
    /// - Parameter lowercase: in lower case; letters, digits and hyphens only.
    @inline(__always)
    static func equals(_ name: String, _ lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        return name.utf8.count == count && begins(name, lowercase)
    }

    /// - Parameter lowercase: as for `equals(_:_:)`.
    @inline(__always)
    static func begins(_ name: String, _ lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        let prefix = lowercase.utf8Start
        return name.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count >= count else { return false }
            // Setting bit 5 lowers letters and leaves digits and the hyphen; a token has no control characters.
            for index in 0..<count where bytes[index] | 0x20 != prefix[index] { return false }
            return true
        } ?? name.lowercased().hasPrefix(lowercase.description)
    }

    /// Whether a value could break out of its line. The parser lets none through but for folded lines.
    @inline(__always)
    static func isSafeValue(_ value: String) -> Bool {
        value.utf8.withContiguousStorageIfAvailable { bytes in
            for byte in bytes where byte == 0x0D || byte == 0x0A || byte == 0 { return false }
            return true
        } ?? false
    }
}
