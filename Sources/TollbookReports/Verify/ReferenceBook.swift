internal import SQLite
internal import TollbookCore

/// What rows of requests may point at: governed objects, prices and accounts in memory, subjects looked up.
///
/// Read from the truth (versions), not from the derived current tables.
final class ReferenceBook {
    struct Price {
        let providerID: Int64
        let model: String
        let meter: Int64
        let picoPerUnit: Int64
        let currency: String
        let fromMicros: Int64
        let toMicros: Int64?
    }

    struct Account: Hashable {
        let kind: Int64
        let ownerID: Int64
        let currency: String
    }

    /// The kinds that requests name by id, by the version table.
    enum Kind: String, CaseIterable {
        case organization = "organization_version"
        case team = "team_version"
        case project = "project_version"
        case application = "application_version"
        case key = "api_key_version"
        case route = "route_version"
        case deployment = "deployment_version"
        case provider = "provider_version"
        case credential = "credential_version"
    }

    private struct PolicyVersion: Hashable {
        let kind: Int64
        let id: Int64
        let version: Int64
    }

    let deployments: DeploymentHistory
    let prices: [Int64: Price]
    let accounts: [Int64: Account]
    private let ids: [Kind: Set<Int64>]
    private let subject: Statement
    private var knownSubjects: Set<Int64> = []
    private let connection: Connection
    private var knownVersions: [PolicyVersion: Bool] = [:]
    private var knownRevisions: [Int64: Bool] = [:]

    /// Subjects remembered as being there; full: forgotten and looked up again.
    private static let subjectCapacity = 100_000

    init(_ connection: Connection, head: Int64) throws {
        self.connection = connection
        deployments = try DeploymentHistory(asOf: head, connection: connection)
        prices = try Self.readPrices(connection)
        accounts = try Self.readAccounts(connection)
        subject = try connection.prepare("SELECT 1 FROM subject WHERE subject_id = ?", persistent: true)
        var ids: [Kind: Set<Int64>] = [:]
        for kind in Kind.allCases {
            let statement = try connection.prepare("SELECT id FROM \(kind.rawValue)")
            while try statement.step() { ids[kind, default: []].insert(statement.int64(at: 0)) }
        }
        self.ids = ids
    }

    func has(_ kind: Kind, _ id: Int64) -> Bool {
        ids[kind]?.contains(id) ?? false
    }

    func hasSubject(_ id: Int64) throws -> Bool {
        if knownSubjects.contains(id) { return true }
        try subject.bind(id, at: 1)
        defer { subject.reset() }
        guard try subject.step() else { return false }
        if knownSubjects.count == Self.subjectCapacity { knownSubjects.removeAll(keepingCapacity: true) }
        knownSubjects.insert(id)
        return true
    }

    /// Whether a policy had a version at a journal index; true for kinds that have none.
    func hasVersion(policyKind: Int64, id: Int64, version: Int64) throws -> Bool {
        let reference = PolicyVersion(kind: policyKind, id: id, version: version)
        if let known = knownVersions[reference] { return known }
        let table: String? =
            switch PolicyKind(rawValue: Int(truncatingIfNeeded: policyKind)) {
            case .apiKey: "api_key_version"
            case .route: "route_version"
            case .budget: "budget_version"
            case .rateLimit: "rate_limit_version"
            case .project: "project_version"
            case .price, nil: nil
            }
        guard let table else { return true }
        let rows = try connection.query(
            "SELECT 1 FROM \(table) WHERE id = ? AND log_index = ?", [.integer(id), .integer(version)])
        knownVersions[reference] = !rows.isEmpty
        return !rows.isEmpty
    }

    /// Whether a journal index is a governance change, or the log's beginning.
    func isRevision(_ index: Int64, journal: JournalReader) throws -> Bool {
        if let known = knownRevisions[index] { return known }
        let isRevision = try journal.find(index) { header, _ in
            header.kind == Int64(JournalKind.governance.rawValue) || header.kind == Int64(JournalKind.genesis.rawValue)
        }
        knownRevisions[index] = isRevision ?? false
        return isRevision ?? false
    }

    private static func readPrices(_ connection: Connection) throws -> [Int64: Price] {
        let row = try connection.prepare(
            """
            SELECT id, provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros
            FROM price
            """)
        var prices: [Int64: Price] = [:]
        while try row.step() {
            prices[row.int64(at: 0)] = Price(
                providerID: row.int64(at: 1), model: row.string(at: 2), meter: row.int64(at: 3),
                picoPerUnit: row.int64(at: 4), currency: row.string(at: 5), fromMicros: row.int64(at: 6),
                toMicros: row.optionalInt64(at: 7))
        }
        return prices
    }

    private static func readAccounts(_ connection: Connection) throws -> [Int64: Account] {
        let row = try connection.prepare("SELECT id, kind, owner_id, currency FROM account")
        var accounts: [Int64: Account] = [:]
        while try row.step() {
            accounts[row.int64(at: 0)] = Account(
                kind: row.int64(at: 1), ownerID: row.int64(at: 2), currency: row.string(at: 3))
        }
        return accounts
    }
}
