/// A part of a head where it lies, without a copy; valid only while the head is read.
struct HeadText {
    private let bytes: UnsafeRawBufferPointer

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    @inline(__always)
    var count: Int { bytes.count }

    /// A copy; what is not UTF-8 is replaced.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// A copy in lower case, of a field's name.
    var lowercasedString: String {
        String(unsafeUninitializedCapacity: bytes.count) { storage in
            for (index, byte) in bytes.enumerated() {
                storage[index] = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            }
            return bytes.count
        }
    }

    /// Whether it is the text but for the case of letters (RFC 9110, section 5.1).
    ///
    /// - Parameter lowercase: in lower case; letters, digits, hyphens and slashes only.
    @inline(__always)
    func equals(_ lowercase: StaticString) -> Bool {
        bytes.count == lowercase.utf8CodeUnitCount && begins(lowercase)
    }

    /// Whether it begins with the text but for the case of letters.
    ///
    /// - Parameter lowercase: as for `equals(_:)`.
    @inline(__always)
    func begins(_ lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        // Setting bit 5 lowers letters and leaves digits, hyphen and slash; a head has no control characters here.
        for index in 0..<count where bytes[index] | 0x20 != lowercase.utf8Start[index] { return false }
        return true
    }

    /// Whether it is the text byte for byte.
    @inline(__always)
    func isExactly(_ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether it is the content type of JSON, with or without parameters.
    var isJSONType: Bool {
        guard begins("application/json") else { return false }
        return bytes.count == 16 || bytes[16] == UInt8(ascii: ";") || bytes[16] == UInt8(ascii: " ")
    }

    /// Whether it is a content type of JSON values, a line each: Ollama's, Cohere's, and what others call it.
    var isLinesType: Bool {
        begins("application/x-ndjson") || begins("application/ndjson") || begins("application/jsonl")
            || begins("application/stream+json")
    }

    /// The number that it is: digits only, and no more than fit; nil for anything else.
    var number: Int? {
        guard (1...18).contains(bytes.count) else { return nil }
        var number = 0
        for byte in bytes {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            number = number &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        }
        return number
    }

    /// The `timeout` that a `Keep-Alive` field tells (RFC 2068, section 19.7.1.1); nil: none that is a number.
    var keepAliveSeconds: Int? {
        for parameter in string.split(separator: ",") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingSpaces().lowercased() == "timeout" else { continue }
            return UInt32(parts[1].trimmingSpaces()).map { Int($0) }
        }
        return nil
    }

    /// What stands before the first such byte, and what stands behind it; nil behind: there is none.
    func split(at byte: UInt8) -> (HeadText, HeadText?) {
        guard let index = bytes.firstIndex(of: byte) else { return (self, nil) }
        return (
            HeadText(UnsafeRawBufferPointer(rebasing: bytes[..<index])),
            HeadText(UnsafeRawBufferPointer(rebasing: bytes[(index + 1)...]))
        )
    }
}
