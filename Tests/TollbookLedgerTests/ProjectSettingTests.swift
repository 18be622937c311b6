import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy

// Focus: weight and priority of projects as governed objects of their own.
@Suite struct ProjectSettingTests {
    private static func file(_ settings: String, manager: String = "default") -> String {
        """
        "manager": "\(manager)", "organizations": [
          {"name": "acme", "teams": [{"name": "search", "projects": [{"name": "ranking"\(settings)}]}]}]
        """
    }

    private func share(_ lab: GovernanceLab) async throws -> AdmissionShare {
        _ = try await lab.ledger.createKey(NewKey(project: "ranking"), by: .owner)
        return try #require(lab.ledger.snapshot.keys.values.first).project.share
    }

    @Test func theSnapshotHasTheShare() async throws {
        let lab = try GovernanceLab()
        let receipt = try await lab.apply(Self.file(#", "weight": 4, "priority": "interactive""#))
        #expect(receipt.text.contains("create project setting acme/ranking/weight\n  value: 4\n"))
        #expect(try await share(lab) == AdmissionShare(weight: 4, priority: .interactive))
        let again = try await lab.apply(Self.file(#", "weight": 4, "priority": "interactive""#))
        #expect(again.isEmpty)
    }

    @Test func whatIsLeftOutIsTheDefaultAgain() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(Self.file(#", "weight": 4"#))
        let receipt = try await lab.apply(Self.file(""))
        #expect(receipt.text.contains("update project setting acme/ranking/weight\n  value: 4 -> none\n"))
        #expect(try await share(lab) == AdmissionShare())
    }

    @Test func anotherFileMayNameTheProjectWithoutItsShare() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(Self.file(#", "weight": 4"#))
        #expect(try await lab.apply(Self.file("", manager: "other")).isEmpty)
        #expect(try await share(lab) == AdmissionShare(weight: 4))
        await #expect(throws: GovernanceDocumentError.self) {
            try await lab.apply(Self.file(#", "weight": 5"#, manager: "other"))
        }
    }

    @Test func settingsAreClosedWithTheirProject() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(Self.file(#", "priority": "batch""#))
        try await lab.apply(#""organizations": [{"name": "acme", "teams": []}]"#, prune: true)
        #expect(try lab.rows("SELECT count(*) FROM project_setting WHERE closed = 0") == [[.integer(0)]])
    }
}
