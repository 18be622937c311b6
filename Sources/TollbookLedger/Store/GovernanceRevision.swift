internal import SQLite

/// The journal index of the newest governance change.
enum GovernanceRevision {
    private static let tables: [TruthTable] = [
        .organizationVersion, .teamVersion, .projectVersion, .applicationVersion, .principalVersion,
        .apiKeyVersion, .providerVersion, .credentialVersion, .deploymentVersion, .routeVersion, .budgetVersion,
        .rateLimitVersion, .providerSettingVersion, .projectSettingVersion, .webhookVersion, .price,
    ]

    /// Read from the indexes on log_index; -1 when nothing was ever governed.
    static func newest(_ connection: Connection) throws -> Int64 {
        var newest: Int64 = -1
        for table in tables {
            let row = try connection.query("SELECT max(log_index) FROM \(table.rawValue)").first
            newest = max(newest, row?.first?.integer ?? -1)
        }
        return newest
    }
}
