internal import Crypto
internal import SQLite
internal import TollbookCore

/// Appends one journal row per command, in the command's own transaction; stored with the command's rows. Used by the
/// writer's thread only.
struct JournalWriter {
    static let leafVersion: UInt8 = 2

    let logID: Int64
    /// The index that the next row gets.
    private(set) var nextIndex: Int64
    private let rows: RowInserter
    private let header = LeafBuffer(capacity: 128)
    private var salts = SaltPool()

    /// - Parameter rows: the inserter of `journal`.
    init(connection: Connection, rows: RowInserter) throws {
        self.rows = rows
        let row = try connection.query(
            "SELECT log_id, log_index FROM journal ORDER BY log_id DESC, log_index DESC LIMIT 1")
        logID = row.first?.first?.integer ?? 1
        nextIndex = (row.first?.last?.integer).map { $0 + 1 } ?? 0
    }

    /// Writes the row for what the newest command put into `leaf`, and moves on to the next index.
    mutating func append(
        kind: JournalKind, timeMicros: Int64, organizationID: Int64?, objectID: Int64?, leaf: LeafBuffer
    ) throws {
        header.removeAll()
        salts.next(into: header)
        let hash = bodyHash(
            kind: kind, timeMicros: timeMicros, organizationID: organizationID, objectID: objectID, leaf: leaf)
        let salt = UnsafeRawBufferPointer(rebasing: header.bytes[..<SaltPool.saltBytes])
        try rows.insert { columns in
            columns.add(logID)
            columns.add(nextIndex)
            columns.add(Int(Self.leafVersion))
            columns.add(kind.rawValue)
            columns.add(timeMicros)
            columns.add(organizationID)
            columns.add(objectID)
            columns.add(salt)
            hash.withUnsafeBytes { columns.add($0) }
        }
        nextIndex += 1
    }

    /// Goes back to `index` after the transaction that wrote the rows from there on was rolled back.
    mutating func rewind(to index: Int64) {
        precondition(index <= nextIndex, "a journal rewinds to an index that it had")
        nextIndex = index
    }

    /// SHA-256 of the salt, which `header` holds already, the rest of the header, and the rows.
    private func bodyHash(
        kind: JournalKind, timeMicros: Int64, organizationID: Int64?, objectID: Int64?, leaf: LeafBuffer
    ) -> SHA256Digest {
        header.append(byte: Self.leafVersion)
        header.append(rawInteger: logID)
        header.append(rawInteger: nextIndex)
        header.append(byte: UInt8(kind.rawValue))
        header.append(rawInteger: timeMicros)
        header.append(organizationID)
        header.append(objectID)
        var hash = SHA256()
        hash.update(bufferPointer: header.bytes)
        hash.update(bufferPointer: leaf.command)
        return hash.finalize()
    }
}

/// Random salts, fetched from the system in blocks because one call a row would cost as much as the hash.
private struct SaltPool {
    static let saltBytes = 16

    private var block: [UInt8] = []
    private var position = 0

    /// Appends the next salt, which is never given twice.
    mutating func next(into buffer: LeafBuffer) {
        if position == block.count {
            block = SystemRandom.bytes(LedgerLimits.saltBlockBytes)
            position = 0
        }
        block.withUnsafeBytes {
            buffer.append(raw: UnsafeRawBufferPointer(rebasing: $0[position..<position + Self.saltBytes]))
        }
        position += Self.saltBytes
    }
}
