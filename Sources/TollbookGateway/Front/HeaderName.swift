/// What may stand in a header that Tollbook writes.
enum HeaderName {
    /// Whether a value could not break out of its line.
    @inline(__always)
    static func isSafeValue(_ value: String) -> Bool {
        value.utf8.withContiguousStorageIfAvailable { bytes in
            for byte in bytes where byte == 0x0D || byte == 0x0A || byte == 0 { return false }
            return true
        } ?? false
    }
}
