internal import SQLite
internal import TollbookCore
internal import TollbookLedger

/// Compares tables, columns, indexes, views and guards with a database built from the embedded migrations, and the
/// vocabulary with it and with the binary's enumerations.
struct SchemaCheck {
    let connection: Connection
    let log: FindingLog

    private static let objects = """
        SELECT name, type, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
        """

    /// - Returns: false if a table is missing or has other columns, so that no other check can read it.
    func run() throws -> Bool {
        let migrations = try appliedMigrations()
        let wanted = try Connection(path: Connection.inMemory)
        for migration in migrations { try wanted.execute(migration.sql) }
        guard try compareObjects(wanted) else { return false }
        try compareVocabulary(wanted)
        checkEnumerations(try vocabulary(wanted))
        return true
    }

    /// Those that the file lists, each with this binary's text.
    private func appliedMigrations() throws -> ArraySlice<EmbeddedMigration> {
        let known = EmbeddedMigrations.all
        guard try !connection.query("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").isEmpty else {
            log.add(.schema, "migration", "", "the table is missing")
            return known[...]
        }
        let rows = try connection.query("SELECT number, name, sha256 FROM migration ORDER BY number")
        for (position, row) in rows.enumerated() {
            let key = row[0].integer.map(String.init) ?? ""
            guard position < known.count else {
                log.add(.schema, "migration", key, "this binary does not know it; verify with the newer one")
                continue
            }
            let migration = known[position]
            let fits =
                row[0].integer == Int64(migration.number) && row[1].text == migration.name
                && row[2].text == migration.sha256
            if !fits { log.add(.schema, "migration", key, "it is not this binary's migration \(migration.number)") }
        }
        return known.prefix(rows.count)
    }

    private func compareObjects(_ wanted: Connection) throws -> Bool {
        var areTablesThere = true
        var expected: [String: [Value]] = [:]
        for row in try wanted.query(Self.objects) { expected[row[0].text ?? ""] = row }
        for row in try connection.query(Self.objects) {
            let name = row[0].text ?? ""
            let type = row[1].text ?? "object"
            guard let match = expected.removeValue(forKey: name) else {
                log.add(.schema, row[2].text ?? name, name, "a \(type) that no migration makes")
                continue
            }
            guard match != row else { continue }
            if type == "table" { areTablesThere = false }
            log.add(.schema, row[2].text ?? name, name, "the \(type) is not as the migrations make it")
        }
        for (name, row) in expected.sorted(by: { $0.key < $1.key }) {
            if row[1].text == "table" { areTablesThere = false }
            log.add(.schema, row[2].text ?? name, name, "the \(row[1].text ?? "object") is missing")
        }
        return areTablesThere
    }

    private struct Word: Hashable {
        let domain: String
        let code: Int64
        let name: String
        let meaning: String
    }

    private func vocabulary(_ connection: Connection) throws -> [Word] {
        try connection.query("SELECT domain, code, name, meaning FROM vocabulary ORDER BY domain, code").map {
            Word(
                domain: $0[0].text ?? "", code: $0[1].integer ?? 0, name: $0[2].text ?? "", meaning: $0[3].text ?? "")
        }
    }

    private func compareVocabulary(_ wanted: Connection) throws {
        let found = try vocabulary(connection)
        let expected = try vocabulary(wanted)
        for word in found where !expected.contains(word) {
            log.add(.vocabulary, "vocabulary", "\(word.domain)/\(word.code)", "it is not as the migrations write it")
        }
        let keys = Set(found.map { "\($0.domain)/\($0.code)" })
        for word in expected where !keys.contains("\(word.domain)/\(word.code)") {
            log.add(.vocabulary, "vocabulary", "\(word.domain)/\(word.code)", "it is missing")
        }
    }

    /// The migrations and the binary agree, or the binary reads codes as something else than they were written for.
    private func checkEnumerations(_ words: [Word]) {
        for vocabulary in Vocabularies.all {
            let found = words.filter { $0.domain == vocabulary.domain }
            let names = Dictionary(found.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
            guard names != vocabulary.names else { continue }
            log.add(.vocabulary, "vocabulary", vocabulary.domain, "the binary has other codes or names")
        }
    }
}

/// Every enumeration whose codes the ledger stores.
enum Vocabularies {
    struct Vocabulary {
        let domain: String
        let names: [Int64: String]

        init<Code: VocabularyCode>(_ type: Code.Type) {
            domain = type.domain
            names = Dictionary(
                Code.allCases.map { (Int64($0.rawValue), $0.name) }, uniquingKeysWith: { first, _ in first })
        }
    }

    static let all = [
        Vocabulary(Meter.self), Vocabulary(UsageSource.self), Vocabulary(ChargeOrigin.self),
        Vocabulary(ChargeKind.self), Vocabulary(TransferKind.self), Vocabulary(TransferCode.self),
        Vocabulary(AccountKind.self), Vocabulary(ScopeKind.self), Vocabulary(BudgetPeriod.self),
        Vocabulary(Enforcement.self), Vocabulary(Endpoint.self), Vocabulary(Dialect.self),
        Vocabulary(RequestOrigin.self), Vocabulary(DecisionStage.self), Vocabulary(Verdict.self),
        Vocabulary(PolicyMode.self), Vocabulary(PolicyKind.self), Vocabulary(DecisionReason.self),
        Vocabulary(EndReason.self), Vocabulary(Caveat.self), Vocabulary(ErrorClass.self),
        Vocabulary(RegionBasis.self), Vocabulary(JournalKind.self), Vocabulary(SubjectKind.self),
    ]
}
