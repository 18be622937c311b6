internal import SQLite

/// The canonical encoding of rows as the verifier understands it (leaf version 1): written from the specification,
/// apart from the writer's encoder, so that the two check each other.
///
/// A value is a tag byte (0 null, 1 integer, 2 text, 3 blob), then eight bytes big-endian two's complement, or a
/// big-endian UInt32 length and the bytes.
struct LeafBytes {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends a row: the table's prefix and every column.
    mutating func append(_ table: LeafLayout.Table, _ row: Statement) {
        bytes.append(contentsOf: table.prefix)
        for column in 0..<table.columns.count {
            switch row.type(at: column) {
            case .null: bytes.append(0)
            case .integer: append(integer: row.int64(at: column))
            case .text: row.withBytes(at: column) { append(tag: 2, $0) }
            case .blob: row.withBytes(at: column) { append(tag: 3, $0) }
            // STRICT refuses it; a tag of its own makes the hash differ.
            case .real: bytes.append(255)
            }
        }
    }

    mutating func append(integer: Int64) {
        bytes.append(1)
        append(raw: integer)
    }

    mutating func append(optional integer: Int64?) {
        if let integer { append(integer: integer) } else { bytes.append(0) }
    }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(tag: 2, UnsafeRawBufferPointer($0)) }
    }

    mutating func append(count: UInt16) {
        bytes.append(UInt8(count >> 8))
        bytes.append(UInt8(count & 255))
    }

    mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(raw integer: Int64) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(tag: UInt8, _ content: UnsafeRawBufferPointer) {
        bytes.append(tag)
        withUnsafeBytes(of: UInt32(content.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }
}
