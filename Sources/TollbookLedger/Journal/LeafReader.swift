/// Reads values back from the encoding that `LeafBuffer` writes. Trusts it: the bytes come from this process alone.
struct LeafReader {
    /// A column's value; texts and blobs lie in the leaf.
    enum Field {
        case null
        case integer(Int64)
        case text(UnsafeRawBufferPointer)
        case blob(UnsafeRawBufferPointer)
    }

    private let bytes: UnsafeRawBufferPointer
    private var position: Int

    /// - Parameter bytes: stay as they are for as long as the reader and its fields are used.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    mutating func next() -> Field {
        let tag = bytes[position]
        position += 1
        switch tag {
        case LeafTag.null: return .null
        case LeafTag.integer:
            defer { position += 8 }
            return .integer(Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self)))
        case LeafTag.text: return .text(sized())
        case LeafTag.blob: return .blob(sized())
        default: preconditionFailure("a leaf holds no other tag")
        }
    }

    private mutating func sized() -> UnsafeRawBufferPointer {
        let count = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
        defer { position += 4 + count }
        return UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 4 + count])
    }
}

/// What stands before each column of leaf version 1.
enum LeafTag {
    static let null: UInt8 = 0
    static let integer: UInt8 = 1
    static let text: UInt8 = 2
    static let blob: UInt8 = 3
}
