internal import SQLite
internal import TollbookCore

/// Pseudonyms of names, addresses and end users. Used by the writer's thread only.
struct SubjectBook {
    struct Name: Hashable {
        let kind: SubjectKind
        let value: String
    }

    private var known: [Name: Int64] = [:]
    /// Found or made by the command under way; forgotten when it fails.
    private var pending: [(name: Name, id: Int64)] = []
    private let hasher: SecretHasher

    init(hasher: SecretHasher) {
        self.hasher = hasher
    }

    /// The pseudonym of a value; a row is made on first sight.
    mutating func id(
        kind: SubjectKind, value: String, nowMicros: Int64, connection: Connection
    ) throws -> Int64 {
        let name = Name(kind: kind, value: value)
        if let id = known[name] ?? pending.first(where: { $0.name == name })?.id { return id }
        let id = try findOrMake(name, nowMicros: nowMicros, connection: connection)
        pending.append((name, id))
        return id
    }

    /// The pseudonym of a value that was seen before; nil: it was not.
    func find(kind: SubjectKind, value: String, connection: Connection) throws -> Int64? {
        let name = Name(kind: kind, value: value)
        if let id = known[name] ?? pending.first(where: { $0.name == name })?.id { return id }
        return try Self.find(hasher.subjectHash(kind: kind.rawValue, value: value), connection)
    }

    private static func find(_ hash: [UInt8], _ connection: Connection) throws -> Int64? {
        let statement = try connection.cached("SELECT subject_id FROM subject WHERE lookup_hash = ?")
        try statement.bind(hash, at: 1)
        return try statement.first { $0.int64(at: 0) }
    }

    /// Keeps what the command under way found or made.
    mutating func commit() {
        guard !pending.isEmpty else { return }
        if known.count + pending.count > LedgerLimits.cachedSubjects { known.removeAll(keepingCapacity: true) }
        for (name, id) in pending { known[name] = id }
        pending.removeAll(keepingCapacity: true)
    }

    /// Forgets what the command under way found or made.
    mutating func rollback() {
        pending.removeAll(keepingCapacity: true)
    }

    private func findOrMake(_ name: Name, nowMicros: Int64, connection: Connection) throws -> Int64 {
        let hash = hasher.subjectHash(kind: name.kind.rawValue, value: name.value)
        if let id = try Self.find(hash, connection) { return id }
        let id = SystemRandom.pseudonym()
        let make = try connection.cached(
            "INSERT INTO subject (subject_id, kind, lookup_hash, value, created_micros) VALUES (?, ?, ?, ?, ?)")
        try make.bind(id, at: 1)
        try make.bind(name.kind.rawValue, at: 2)
        try make.bind(hash, at: 3)
        try make.bind(name.value, at: 4)
        try make.bind(nowMicros, at: 5)
        try make.run()
        return id
    }
}
