/// The canonical encoding of the rows that commands write (leaf version 1); the newest command's lie last.
///
/// A row is its table's name as text, its column count as a big-endian UInt16, then each column: one tag byte
/// (0 null, 1 integer, 2 text, 3 blob), integers as eight bytes big-endian two's complement, text and blobs as a
/// big-endian UInt32 length and the bytes. Rows are in order of table name, then primary key.
///
/// Memory is kept from command to command. Used by the writer's thread only.
final class LeafBuffer {
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0
    /// Where the newest command's rows begin.
    private var start = 0

    init(capacity: Int = 16_384) {
        self.capacity = capacity
        storage = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit {
        storage.deallocate()
    }

    /// What was encoded since `removeAll()`; valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

    /// The newest command's rows; valid until the next change.
    var command: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start...]) }

    /// What is appended from now on belongs to another command.
    func beginCommand() {
        start = count
    }

    func removeAll() {
        count = 0
        start = 0
    }

    func appendNull() {
        reserve(1)
        store(LeafTag.null)
    }

    func append(_ value: Int64) {
        reserve(9)
        store(LeafTag.integer)
        store(value.bigEndian)
    }

    func append(_ value: Int64?) {
        if let value { append(value) } else { appendNull() }
    }

    func append(_ value: String) {
        var value = value
        value.withUTF8 { append(tag: LeafTag.text, UnsafeRawBufferPointer($0)) }
    }

    func append(_ value: [UInt8]) {
        value.withUnsafeBytes { append(blob: $0) }
    }

    func append(blob bytes: UnsafeRawBufferPointer) {
        append(tag: LeafTag.blob, bytes)
    }

    /// Appends bytes as they are, for prefixes that were encoded before and for rows encoded elsewhere.
    func append(raw bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        guard let source = bytes.baseAddress else { return }
        storage.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends what stands before each row of a table.
    func appendPrefix(table: String, columns: Int) {
        append(table)
        reserve(2)
        store(UInt16(columns).bigEndian)
    }

    func append(byte: UInt8) {
        reserve(1)
        store(byte)
    }

    func append(rawInteger value: Int64) {
        reserve(8)
        store(value.bigEndian)
    }

    private func append(tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        reserve(5)
        store(tag)
        store(UInt32(bytes.count).bigEndian)
        append(raw: bytes)
    }

    private func store<T: BitwiseCopyable>(_ value: T) {
        storage.storeBytes(of: value, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    private func reserve(_ additional: Int) {
        guard count + additional > capacity else { return }
        let grown = max(capacity * 2, count + additional)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 8)
        larger.copyMemory(from: storage, byteCount: count)
        storage.deallocate()
        storage = larger
        capacity = grown
    }
}
