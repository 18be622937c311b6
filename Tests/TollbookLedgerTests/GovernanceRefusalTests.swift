import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

// Focus: what a document may not do, and that a refused one leaves nothing behind.
@Suite struct GovernanceRefusalTests {
    private static func people(_ organizations: String...) -> String {
        "\"organizations\": [" + organizations.joined(separator: ", ") + "]"
    }

    private static func budget(_ scope: String) -> String {
        #""budgets": [{"scope": "\#(scope)", "limit": "1 USD", "period": "day"}]"#
    }

    /// Documents that are sound in themselves, and what applying them to an empty ledger is refused with.
    static let unsound: [(String, String)] = [
        (
            #""routes": [{"name": "r", "targets": ["d"]}]"#,
            "there is no deployment 'd'. Add it under deployments, or leave it out."
        ),
        (
            #""deployments": [{"name": "d", "provider": "p", "model": "m"}]"#,
            "there is no provider 'p'. Add it under providers, or leave it out."
        ),
        (
            #""budgets": [{"scope": "project/p", "limit": "1 USD", "period": "day"}]"#,
            "there is no project 'p'. Add the project, or write one that exists."
        ),
        (
            #""organizations": [{"name": "acme"}], "# + budget("organization/acne"),
            "there is no organization 'acne'. Write organization/acme, or add the organization."
        ),
        (
            people(GovernanceLab.tree("a", "t", "p"), GovernanceLab.tree("b", "t", "p")) + ", " + budget("project/p"),
            "2 projects are written 'project/p'. Write project/a/p or project/b/p."
        ),
        (
            #""prices": [{"provider": "p", "model": "m", "effective_from": "2026-01-01", "#
                + #""per_million": {"input": "1"}}]"#,
            "there is no provider 'p'. Add it under providers, or leave it out."
        ),
        (
            people(GovernanceLab.tree("a", "t", "p", #""routes": ["r"]"#)),
            "there is no route 'r'. Add it under routes, or leave it out."
        ),
        (
            #""providers": [{"name": "s", "dialect": "simulated", "#
                + #""credentials": [{"name": "c", "source": "env:K", "projects": ["p"]}]}]"#,
            "there is no project 'p'. Add the project, or write one that exists."
        ),
        (
            #""organizations": [{"name": "a", "time_zone": "Mars/Phobos"}]"#,
            "'Mars/Phobos' is no time zone. Write a name of the IANA database, for example UTC or Europe/Berlin."
        ),
    ]

    @Test(arguments: unsound)
    func refusesWhatDoesNotFit(_ document: String, _ problem: String) async throws {
        let lab = try GovernanceLab()
        let journal = try lab.count("journal")
        #expect(try await lab.refusal(document) == problem)
        #expect(try lab.count("journal") == journal)
        #expect(try lab.count("organization") == 0)
    }

    @Test func acceptsPathsThatSettleAName() async throws {
        let lab = try GovernanceLab()
        let two =
            Self.people(
                GovernanceLab.tree("a", "t", "p"), GovernanceLab.tree("b", "t", "p", #""applications": ["web"]"#))
        let budgets = ["project/b/p", "project/b/t/p", "team/a/t", "application/b/p/web", "application/p/web"]
            .enumerated().map {
                #"{"name": "n\#($0.offset)", "scope": "\#($0.element)", "limit": "1 USD", "period": "day", "#
                    + #""overcommit": true}"#
            }
        try await lab.apply(two + ", \"budgets\": [" + budgets.joined(separator: ", ") + "]")
        #expect(
            try lab.rows("SELECT scope_kind, scope_id FROM budget ORDER BY id")
                == [[3, 2], [3, 2], [2, 1], [4, 1], [4, 1]])
    }

    @Test func refusesToChangeWhatAnotherManagerOwns() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(#""manager": "core", "# + GovernanceLab.whole)
        let other = #""manager": "mine", "organizations": [{"name": "acme", "time_zone": "UTC"}]"#
        #expect(
            try await lab.refusal(other) == "the organization 'acme' is managed by 'core'. "
                + "Change it in the file with manager: core, or write it here as it is.")
    }

    @Test func addsBelowWhatAnotherManagerOwns() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(#""manager": "core", "# + GovernanceLab.whole)
        let receipt = try await lab.apply(
            #""manager": "mine", "# + Self.people(GovernanceLab.tree("acme", "ads", "bids"))
        )
        #expect(receipt.changes.map(\.path) == ["acme/ads", "acme/bids"])
        #expect(receipt.unlisted.isEmpty)
    }

    @Test func tellsWhatOnlyPruneCloses() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        let receipt = try await lab.apply(GovernanceLab.people + ", " + GovernanceLab.providers)
        #expect(receipt.isEmpty)
        #expect(receipt.unlisted == ["budget project/ranking month"])
        #expect(receipt.text.hasPrefix("not in the file, closed only with --prune: budget project/ranking month\n"))
    }

    @Test func prunesOnlyWhatItsManagerOwns() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        try await lab.apply(#""manager": "other", "organizations": [{"name": "umbrella"}]"#)
        let receipt = try await lab.apply(GovernanceLab.people + ", " + GovernanceLab.providers, prune: true)
        #expect(receipt.changes.map { "\($0.action) \($0.path)" } == ["close project/ranking month"])
        #expect(try lab.rows("SELECT name FROM organization WHERE closed = 0") == [["acme"], ["umbrella"]])
    }

    @Test func refusesToCloseWhatSomethingPointsAt() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        try await lab.apply(#""manager": "other", "routes": [{"name": "alias", "targets": ["small-eu"]}]"#)
        let empty = #""organizations": []"#
        #expect(
            try await lab.refusal(empty, prune: true)
                == "the deployment 'small-eu' is not in the file and would be closed, "
                + "but the route 'alias' points at it. "
                + "Keep the deployment in the file, or first change the route, which 'other' manages.")
    }

    @Test func closesAProjectWithItsApplicationsAndKeys() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        _ = try await lab.ledger.createKey(NewKey(project: "ranking", application: "web"), by: .owner)
        #expect(lab.ledger.snapshot.keys.count == 1)
        let receipt = try await lab.apply(#""organizations": []"#, prune: true)
        #expect(receipt.closed == 11)
        #expect(receipt.changes.contains { $0.kind == "api_key" && $0.path == "acme/ranking/key-1" })
        #expect(lab.ledger.snapshot.keys.isEmpty)
        #expect(lab.ledger.snapshot.routesInOrder.isEmpty)
        for kind in GovernedKind.all {
            #expect(try lab.rows("SELECT count(*) FROM \(kind.table) WHERE closed = 0") == [[0]])
        }
    }

    @Test func makesAnewWhatWasClosed() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        try await lab.apply(#""organizations": []"#, prune: true)
        let receipt = try await lab.apply(GovernanceLab.whole)
        #expect(receipt.created == 12)
        #expect(try lab.rows("SELECT id, closed FROM project ORDER BY id") == [[1, 1], [2, 0]])
    }

    @Test func refusesAChangeReferenceThatIsNoLine() async throws {
        let lab = try GovernanceLab()
        let author = ChangeAuthor(actorID: 1, changeReference: "=cmd()")
        let change = GovernanceChange(try GovernanceLab.document(GovernanceLab.people), prune: false, author: author)
        await #expect(throws: (any Error).self) { try await lab.ledger.apply(change) }
        #expect(try lab.count("organization") == 0)
    }

    @Test func refusesUnknownKeysOfJSON() {
        let misspelled =
            #""budgets": [{"scope": "project/p", "limit": "1 USD", "period": "day", "enforcment": "hard"}]"#
        #expect(throws: DecodingError.self) { try GovernanceLab.document(misspelled) }
        #expect(throws: DecodingError.self) { try GovernanceLab.document(#""guardrails": ["pii"]"#) }
        #expect(throws: DecodingError.self) { try GovernanceLab.document(#"{"version": 2}"#) }
    }
}
