import Foundation
import SQLite
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// An empty ledger that governance documents, written as JSON, are applied to.
final class GovernanceLab: Sendable {
    let directory: TemporaryDirectory
    let ledger: Ledger
    let clock: ManualClock

    init() throws {
        clock = ManualClock()
        directory = try TemporaryDirectory()
        var options = LedgerOptions()
        options.ballastBytes = 0
        ledger = try Ledger.open(directory: directory.path, clock: clock, options: options)
    }

    deinit {
        ledger.shutdown()
    }

    @discardableResult
    func apply(_ json: String, prune: Bool = false) async throws -> GovernanceReceipt {
        try await ledger.apply(GovernanceChange(try Self.document(json), prune: prune, author: .owner))
    }

    func preview(_ json: String, prune: Bool = false) throws -> GovernanceReceipt {
        try ledger.preview(GovernanceChange(try Self.document(json), prune: prune, author: .owner))
    }

    /// What applying the document is refused with, a problem a line; nil when it is applied.
    func refusal(_ json: String, prune: Bool = false) async throws -> String? {
        do {
            try await apply(json, prune: prune)
            return nil
        } catch let error as GovernanceDocumentError {
            return error.description
        }
    }

    func rows(_ sql: String) throws -> [[Value]] {
        try ledger.makeReader().query(sql)
    }

    func count(_ table: String) throws -> Int64 {
        try rows("SELECT count(*) FROM \(table)").first?.first?.integer ?? -1
    }

    static func document(_ json: String) throws -> GovernanceDocument {
        let text = json.hasPrefix("{\"version\"") ? json : "{\"version\": 1, \(json)}"
        return try JSONDecoder().decode(GovernanceDocument.self, from: Data(text.utf8))
    }

    /// An organization with one team and one project of these names, and more members of the project.
    static func tree(_ organization: String, _ team: String, _ project: String, _ more: String = "") -> String {
        let project = #"{"name": "\#(project)"\#(more.isEmpty ? "" : ", " + more)}"#
        return #"{"name": "\#(organization)", "teams": [{"name": "\#(team)", "projects": [\#(project)]}]}"#
    }

    /// One organization, team and project with two applications.
    static let people = """
        "organizations": [{"name": "acme", "time_zone": "Europe/Berlin", "teams": [{"name": "search", "projects": [
          {"name": "ranking", "applications": ["web", "batch"], "regions": ["eu"], "routes": ["small"]}]}]}]
        """
    /// One provider with a deployment and a route.
    static let providers = """
        "providers": [{"name": "sim", "dialect": "simulated",
          "credentials": [{"name": "default", "source": "env:KEY", "projects": ["ranking"]}]}],
        "deployments": [{"name": "small-eu", "provider": "sim", "model": "m", "region": "eu-west", "max_output": 10}],
        "routes": [{"name": "small", "targets": ["small-eu"]}]
        """
    static let budgets = """
        "budgets": [{"scope": "project/ranking", "limit": "25.00 USD", "period": "month"}]
        """
    static let prices = """
        "prices": [{"provider": "sim", "model": "m", "effective_from": "2026-01-01",
          "per_million": {"input": "0.15", "output": "0.60"}}]
        """
    static let whole = [people, providers, budgets, prices].joined(separator: ", ")
}
