internal import SQLite
internal import TollbookCore

/// The quarter-hour sums that a batch changes. Used by the writer's thread only.
struct RollupBook {
    struct Key: Hashable {
        let quarterStartMicros: Int64
        let organizationID: Int64
        let teamID: Int64
        let projectID: Int64
        let applicationID: Int64
        let keyID: Int64
        let userSubjectID: Int64
        let routeID: Int64
        let deploymentID: Int64
        let currency: String
    }

    struct Sums {
        var requests: Int64 = 0
        var denied: Int64 = 0
        var estimated: Int64 = 0
        var unpriced: Int64 = 0
        var amountNano: Int64 = 0
        var tokens = TokenCounts()
        var lastLogIndex: Int64 = 0
    }

    static let quarterMicros: Int64 = 15 * 60 * 1_000_000

    private var sums: [Key: Sums] = [:]

    mutating func add(_ added: Sums, to key: Key) {
        var current = sums[key] ?? Sums()
        current.requests += added.requests
        current.denied += added.denied
        current.estimated += added.estimated
        current.unpriced += added.unpriced
        current.amountNano += added.amountNano
        current.tokens.input += added.tokens.input
        current.tokens.output += added.tokens.output
        current.lastLogIndex = max(current.lastLogIndex, added.lastLogIndex)
        sums[key] = current
    }

    mutating func flush(_ connection: Connection) throws {
        guard !sums.isEmpty else { return }
        let statement = try connection.cached(
            """
            INSERT INTO rollup_quarter (quarter_start_micros, organization_id, team_id, project_id, application_id,
              api_key_id, user_subject_id, route_id, deployment_id, currency, requests, denied, estimated, unpriced,
              amount_nano, last_log_index, input_tokens, output_tokens)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
              requests = requests + excluded.requests,
              denied = denied + excluded.denied,
              estimated = estimated + excluded.estimated,
              unpriced = unpriced + excluded.unpriced,
              amount_nano = amount_nano + excluded.amount_nano,
              input_tokens = input_tokens + excluded.input_tokens,
              output_tokens = output_tokens + excluded.output_tokens,
              last_log_index = max(last_log_index, excluded.last_log_index)
            """)
        for (key, sum) in sums {
            try Self.bind(key, sum, to: statement)
            try statement.run()
        }
        sums.removeAll(keepingCapacity: true)
    }

    private static func bind(_ key: Key, _ sum: Sums, to statement: Statement) throws {
        try statement.bind(key.quarterStartMicros, at: 1)
        try statement.bind(key.organizationID, at: 2)
        try statement.bind(key.teamID, at: 3)
        try statement.bind(key.projectID, at: 4)
        try statement.bind(key.applicationID, at: 5)
        try statement.bind(key.keyID, at: 6)
        try statement.bind(key.userSubjectID, at: 7)
        try statement.bind(key.routeID, at: 8)
        try statement.bind(key.deploymentID, at: 9)
        try statement.bind(key.currency, at: 10)
        try statement.bind(sum.requests, at: 11)
        try statement.bind(sum.denied, at: 12)
        try statement.bind(sum.estimated, at: 13)
        try statement.bind(sum.unpriced, at: 14)
        try statement.bind(sum.amountNano, at: 15)
        try statement.bind(sum.lastLogIndex, at: 16)
        try statement.bind(sum.tokens.input, at: 17)
        try statement.bind(sum.tokens.output, at: 18)
    }
}
