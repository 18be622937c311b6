internal import SQLite
internal import TollbookCore

/// Walks the journal once: indexes without gaps, known kinds, and the hash of every command that is not about a
/// request. Commands about requests are counted here and hashed by `RequestWalk`.
struct JournalCheck {
    private let connection: Connection
    private let journal: JournalReader
    private let governed: GovernedRows
    private let log: FindingLog
    private var expected: Int64 = 0
    /// Rows of the journal.
    private(set) var count: Int64 = 0
    /// Rows of the journal that are about a request.
    private(set) var requestCommands: Int64 = 0

    init(_ connection: Connection, journal: JournalReader, governed: GovernedRows, log: FindingLog) {
        self.connection = connection
        self.journal = journal
        self.governed = governed
        self.log = log
    }

    /// Whether a command of this kind names a request and is covered with its rows.
    static func isOfRequest(_ kind: Int64) -> Bool {
        switch JournalKind(rawValue: Int(truncatingIfNeeded: kind)) {
        case .open, .deny, .settle, .attempt: true
        case .genesis, .governance, .event, .export, nil: false
        }
    }

    mutating func run(_ progress: (Int64) throws -> Void) throws {
        try checkLogs()
        let row = try connection.prepare(
            "SELECT \(JournalReader.columns) FROM journal WHERE log_id = ? ORDER BY log_index")
        try row.bind(journal.logID, at: 1)
        while !log.isFull, try row.step() {
            try check(journal.header(row), row)
            count += 1
            if count % VerifyProgress.interval == 0 { try progress(count) }
        }
    }

    /// This version writes one log only.
    private func checkLogs() throws {
        let row = try connection.prepare(
            "SELECT log_id, log_index FROM journal WHERE log_id > ? ORDER BY log_id, log_index LIMIT 3")
        try row.bind(journal.logID, at: 1)
        while try row.step() {
            log.add(
                .journal, "journal", "\(row.int64(at: 0))/\(row.int64(at: 1))", at: row.int64(at: 1),
                "it belongs to a log other than \(journal.logID), which this version does not write")
        }
    }

    private mutating func check(_ header: JournalReader.Header, _ row: Statement) throws {
        let key = "\(journal.logID)/\(header.logIndex)"
        if header.logIndex != expected {
            log.add(
                .journal, "journal", key, at: header.logIndex,
                "indexes \(expected) to \(header.logIndex - 1) are missing")
        }
        expected = header.logIndex + 1
        guard LeafLayout.versions.contains(header.leafVersion) else {
            log.add(
                .journal, "journal", key, at: header.logIndex, "leaf version \(header.leafVersion) is not known")
            return
        }
        guard JournalKind(rawValue: Int(truncatingIfNeeded: header.kind)) != nil else {
            log.add(.journal, "journal", key, at: header.logIndex, "kind \(header.kind) is not known")
            return
        }
        if Self.isOfRequest(header.kind) {
            requestCommands += 1
            guard header.objectID == nil else { return }
            log.add(.journal, "journal", key, at: header.logIndex, "it names no request")
        } else {
            let rows = try governed.take(at: header.logIndex, leafVersion: header.leafVersion)
            guard !journal.covers(rows.bytes, header: header, row) else { return }
            log.add(.leaf, "journal", key, at: header.logIndex, LeafMessage.mismatch(rows.names))
        }
    }
}

/// What a finding says about a hash that differs.
enum LeafMessage {
    static func mismatch(_ names: [String]) -> String {
        guard !names.isEmpty else { return "its hash differs: it, or a row that it covered, was changed or removed" }
        var list = names.prefix(ReportLimits.rowsNamed).joined(separator: ", ")
        if names.count > ReportLimits.rowsNamed { list += " and \(names.count - ReportLimits.rowsNamed) more" }
        return "its hash differs: it, or one of these rows, was changed, added or removed: \(list)"
    }
}
