internal import SQLite
internal import TollbookCore

/// Gives groups their names as of the report's index, and puts them in order.
///
/// Where two objects of the result have the same name, each is written with its parent's (`acme/ranking`), and where
/// that is not enough, with its id (`acme/ranking#7`).
struct SpendLabels {
    private let accumulator: SpendAccumulator
    private let asOf: Int64
    private let connection: Connection
    private var subjects: SubjectNames

    static func result(
        _ accumulator: SpendAccumulator, asOf: Int64, connection: Connection
    ) throws -> SpendResult {
        var labels = SpendLabels(
            accumulator: accumulator, asOf: asOf, connection: connection,
            subjects: SubjectNames(connection: connection))
        return try labels.result()
    }

    private mutating func result() throws -> SpendResult {
        let query = accumulator.query
        let columns = try query.dimensions.enumerated().map { try labels(of: $0.element, at: $0.offset) }
        let groups = zip(accumulator.groups.keys, accumulator.groups.sums).map { key, sums in
            (key: key, row: row(key, sums, labels: columns.enumerated().map { $0.element[key[$0.offset]] ?? nil }))
        }
        return SpendResult(
            asOfIndex: asOf, fromMicros: query.fromMicros, toMicros: query.toMicros, timeZone: query.timeZone,
            basis: query.basis, dimensions: query.dimensions, filter: query.filter,
            rows: groups.sorted { Self.comesBefore($0, $1) }.map(\.row))
    }

    private func row(_ key: SpendGroups.Key, _ sums: SpendGroups.Sums, labels: [String?]) -> SpendResult.Row {
        SpendResult.Row(
            labels: labels, requests: sums.requests, denied: sums.denied, estimated: sums.estimated,
            unpriced: sums.unpriced, openHolds: sums.openHolds, spend: NanoAmount(nano: sums.spendNano),
            currency: accumulator.currencies.text(key[labels.count]) ?? "")
    }

    private typealias Group = (key: SpendGroups.Key, row: SpendResult.Row)

    /// By the bytes of the labels, none last, then by currency: the same order on every machine. Several erased
    /// persons have one label; their pseudonyms put them in order.
    private static func comesBefore(_ left: Group, _ right: Group) -> Bool {
        for (one, other) in zip(left.row.labels, right.row.labels) where one != other {
            guard let one else { return false }
            guard let other else { return true }
            return one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        guard left.row.currency == right.row.currency else {
            return left.row.currency.utf8.lexicographicallyPrecedes(right.row.currency.utf8)
        }
        for position in 0..<left.row.labels.count where left.key[position] != right.key[position] {
            return left.key[position] < right.key[position]
        }
        return false
    }

    private mutating func labels(of dimension: SpendDimension, at position: Int) throws -> [Int64: String?] {
        let values = Set(accumulator.groups.keys.map { $0[position] })
        switch dimension {
        case .day, .month: return timeLabels(values, length: dimension == .month ? 7 : 10)
        case .model: return Dictionary(uniqueKeysWithValues: values.map { ($0, accumulator.models.text($0)) })
        case .user: return try userLabels(values)
        case .organization: return try named(values, NameQueries.organization, in: nil)
        case .team: return try named(values, NameQueries.team, in: NameQueries.organization)
        case .project: return try named(values, NameQueries.project, in: NameQueries.organization)
        case .application: return try named(values, NameQueries.application, in: NameQueries.project)
        case .key: return try named(values, NameQueries.apiKey, in: NameQueries.project)
        case .provider: return try named(values, NameQueries.provider, in: nil)
        case .route: return try named(values, NameQueries.route, in: nil)
        }
    }

    /// A day's month when the report is divided by both.
    private func timeLabels(_ values: Set<Int64>, length: Int) -> [Int64: String?] {
        let labels = accumulator.buckets?.labels ?? []
        return Dictionary(uniqueKeysWithValues: values.map { ($0, String(labels[Int($0)].prefix(length))) })
    }

    private mutating func userLabels(_ values: Set<Int64>) throws -> [Int64: String?] {
        var labels: [Int64: String?] = [:]
        for value in values where value != 0 { labels[value] = try subjects.value(value) }
        return labels
    }

    private func named(
        _ values: Set<Int64>, _ sql: StaticString, in parentSQL: StaticString?
    ) throws -> [Int64: String?] {
        let book = try NameBook(sql, asOf: asOf, connection: connection)
        let parents = try parentSQL.map { try NameBook($0, asOf: asOf, connection: connection) }
        let ids = values.filter { $0 != 0 }
        var labels: [Int64: String] = [:]
        for id in ids { labels[id] = book[id]?.name ?? "#\(id)" }
        for id in Self.ambiguous(labels) {
            guard let parent = parents?.name(book[id]?.parentID) else { continue }
            labels[id] = parent + "/" + (labels[id] ?? "")
        }
        for id in Self.ambiguous(labels) { labels[id] = (labels[id] ?? "") + "#\(id)" }
        return labels.mapValues { $0 }
    }

    /// The ids whose label another one has too.
    private static func ambiguous(_ labels: [Int64: String]) -> [Int64] {
        let counts = labels.values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return labels.keys.filter { counts[labels[$0] ?? ""] ?? 0 > 1 }
    }
}
