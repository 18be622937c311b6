package import SQLite

/// What each deployment called, version by version: a later change does not move what was spent before.
package struct DeploymentHistory: Sendable {
    private struct Version: Sendable {
        let logIndex: Int64
        let providerID: Int64
        let model: String
    }

    private var versions: [Int64: [Version]] = [:]

    package init(asOf: Int64, connection: Connection) throws {
        let statement = try connection.cached(NameQueries.deploymentHistory)
        try statement.bind(asOf, at: 1)
        var versions: [Int64: [Version]] = [:]
        try statement.forEachRow { row in
            versions[row.int64(at: 0), default: []].append(
                Version(logIndex: row.int64(at: 1), providerID: row.int64(at: 2), model: row.string(at: 3)))
        }
        self.versions = versions
    }

    /// The model's name at the provider that a call planned at `revision` asked for.
    package func model(deploymentID: Int64, revision: Int64) -> String? {
        versions[deploymentID]?.last { $0.logIndex <= revision }?.model
    }

    /// The one provider and model that a deployment ever called; nil if they changed, or it is unknown.
    package func only(deploymentID: Int64) -> (providerID: Int64, model: String)? {
        guard let versions = versions[deploymentID], let first = versions.first,
            versions.allSatisfy({ $0.providerID == first.providerID && $0.model == first.model })
        else { return nil }
        return (first.providerID, first.model)
    }
}
