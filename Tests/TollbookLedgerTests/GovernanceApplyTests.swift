import Foundation
import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

// Focus: what a governance document makes of the ledger's tables, journal and events.
@Suite struct GovernanceApplyTests {
    @Test func appliesAWholeDocumentAsOneCommand() async throws {
        let lab = try GovernanceLab()
        let journal = try lab.count("journal")
        let receipt = try await lab.apply(GovernanceLab.whole)
        #expect(try lab.count("journal") == journal + 1)
        #expect(receipt.created == 12)
        #expect(receipt.updated == 0)
        #expect(receipt.revision == lab.ledger.snapshot.revision)
        #expect(try lab.count("event") == 12)
        let indexes = try lab.rows(
            "SELECT log_index FROM project_version UNION SELECT log_index FROM price UNION SELECT log_index FROM event")
        #expect(indexes == [[.integer(receipt.revision)]])
    }

    @Test func appliedAgainMakesNoRevision() async throws {
        let lab = try GovernanceLab()
        let first = try await lab.apply(GovernanceLab.whole)
        let journal = try lab.count("journal")
        let second = try await lab.apply(GovernanceLab.whole)
        #expect(second.isEmpty)
        #expect(second.unchanged == 12)
        #expect(second.revision == first.revision)
        #expect(try lab.count("journal") == journal)
        #expect(try lab.count("event") == 12)
    }

    @Test func previewChangesNothingAndTellsWhatApplyDoes() async throws {
        let lab = try GovernanceLab()
        let journal = try lab.count("journal")
        let preview = try lab.preview(GovernanceLab.whole)
        #expect(preview.isDryRun)
        #expect(try lab.count("journal") == journal)
        #expect(try lab.count("organization") == 0)
        let receipt = try await lab.apply(GovernanceLab.whole)
        #expect(preview.changes == receipt.changes)
    }

    @Test func tellsTheDifferenceOfEachValue() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        let raised = GovernanceLab.whole
            .replacingOccurrences(of: "25.00 USD", with: "30.5 USD").replacingOccurrences(
                of: "[\"eu\"]", with: "[\"us\", \"eu\"]")
        let preview = try lab.preview(raised)
        #expect(
            preview.text == """
                update project acme/ranking
                  regions: eu -> eu, us
                update budget project/ranking month
                  limit: 25.00 USD -> 30.50 USD
                dry run against revision 1: 0 created, 2 updated, 0 closed, 10 unchanged

                """)
    }

    @Test func tellsEverythingOfANewObject() throws {
        let lab = try GovernanceLab()
        #expect(
            try lab.preview(GovernanceLab.whole).text == """
                create organization acme
                  time_zone: Europe/Berlin
                create team acme/search
                create provider sim
                  dialect: simulated
                create deployment small-eu
                  provider: sim
                  model: m
                  region: eu-west
                  max_output: 10
                create route small
                  strategy: priority
                  targets: small-eu
                create project acme/ranking
                  team: acme/search
                  regions: eu
                  routes: small
                create application acme/ranking/web
                create application acme/ranking/batch
                create credential sim/default
                  source: env:KEY
                  projects: acme/ranking
                create budget project/ranking month
                  scope: project/acme/ranking
                  limit: 25.00 USD
                  period: month
                  enforcement: hard
                  time_zone: UTC
                create price sim m input from 2026-01-01
                  per_million: 0.15 USD
                create price sim m output from 2026-01-01
                  per_million: 0.60 USD
                dry run against revision 0: 12 created, 0 updated, 0 closed, 0 unchanged

                """)
    }

    @Test func recordsAnEventForEachChange() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        try await lab.apply(GovernanceLab.whole.replacingOccurrences(of: "25.00 USD", with: "30 USD"))
        let events = try lab.rows(
            """
            SELECT ordinal, actor_id, action, object_kind, object_id, outcome, detail
            FROM event
            ORDER BY log_index DESC
            LIMIT 1
            """
        )
        let detail = #"{"name":"project/ranking month","fields":{"limit":{"from":"25.00 USD","to":"30.00 USD"}}}"#
        #expect(events == [[0, 1, "budget.updated", "budget", 1, "success", .text(detail)]])
    }

    @Test func keepsEveryVersion() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        let receipt = try await lab.apply(GovernanceLab.whole.replacingOccurrences(of: "25.00 USD", with: "30 USD"))
        let versions = try lab.rows(
            "SELECT id, limit_nano, managed_by, actor_id FROM budget_version ORDER BY log_index")
        #expect(versions == [[1, 25_000_000_000, "default", 1], [1, 30_000_000_000, "default", 1]])
        #expect(
            try lab.rows("SELECT id, log_index, limit_nano FROM budget")
                == [[1, .integer(receipt.revision), 30_000_000_000]])
    }

    @Test func supersedesAPriceAndNeverEditsIt() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        let dearer = GovernanceLab.whole.replacingOccurrences(of: "\"0.60\"", with: "\"0.80\"")
        let receipt = try await lab.apply(dearer)
        #expect(receipt.changes.map(\.path) == ["sim m output from 2026-01-01"])
        #expect(receipt.changes.map(\.id) == [3])
        #expect(
            try lab.rows("SELECT id, meter, pico_per_unit FROM price ORDER BY id")
                == [[1, 1, 150_000], [2, 8, 600_000], [3, 8, 800_000]])
        let prices = lab.ledger.snapshot.routes["small"]?.targets.first?.prices.prices(atMicros: lab.clock.nowMicros())
        #expect(prices?[.output]?.id == 3)
        #expect(try await lab.apply(dearer).isEmpty)
    }

    @Test func renamesInsteadOfMakingAnother() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        let renamed = GovernanceLab.whole
            .replacingOccurrences(of: "{\"name\": \"ranking\"", with: "{\"name\": \"ordering\", \"was\": \"ranking\"")
            .replacingOccurrences(of: "[\"ranking\"]", with: "[\"ordering\"]")
            .replacingOccurrences(of: "project/ranking", with: "project/ordering")
        let receipt = try await lab.apply(renamed)
        #expect(receipt.created == 0)
        #expect(
            receipt.changes.map { "\($0.action) \($0.kind) \($0.id) \($0.path)" } == [
                "update project 1 acme/ordering", "update budget 1 project/ordering month",
            ])
        #expect(receipt.changes.first?.fields == [.init(field: "name", from: "ranking", to: "ordering")])
        #expect(try await lab.apply(renamed).isEmpty)
    }

    @Test func givesAFreedNameAwayInTheSameCommand() async throws {
        let lab = try GovernanceLab()
        let before = #""organizations": [{"name": "a"}, {"name": "b"}]"#
        try await lab.apply(before)
        let after = #""organizations": [{"name": "c", "was": "b"}, {"name": "b2", "was": "a"}, {"name": "d"}]"#
        try await lab.apply(after)
        #expect(
            try lab.rows("SELECT id, name FROM organization WHERE closed = 0 ORDER BY id")
                == [[1, "b2"], [2, "c"], [3, "d"]])
    }

    @Test func movesAProjectBetweenTeams() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(
            #""organizations": [{"name": "a", "teams": [{"name": "t", "projects": [{"name": "p"}]}, {"name": "u"}]}]"#)
        let receipt = try await lab.apply(
            #""organizations": [{"name": "a", "teams": [{"name": "t"}, {"name": "u", "projects": [{"name": "p"}]}]}]"#)
        #expect(receipt.changes.map(\.fields) == [[.init(field: "team", from: "a/t", to: "a/u")]])
    }
}
