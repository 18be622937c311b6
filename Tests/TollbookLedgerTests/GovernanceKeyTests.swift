import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

// Focus: virtual keys from making to revoking, and what the snapshot has of them.
@Suite struct GovernanceKeyTests {
    static func lab() async throws -> GovernanceLab {
        let lab = try GovernanceLab()
        try await lab.apply(GovernanceLab.whole)
        return lab
    }

    @Test func makesAKeyThatIsInForce() async throws {
        let lab = try await Self.lab()
        let key = try await lab.ledger.createKey(
            NewKey(project: "ranking", application: "web", user: "anna@acme.example"), by: .owner)
        #expect(key.secret.hasPrefix("tb-"))
        #expect(key.secret.count == 46)
        #expect(key.name == "key-1")
        #expect(key.project == "acme/ranking")
        let hash = Array(key.secret.utf8).withUnsafeBytes { lab.ledger.hashSecret($0) }
        let record = try #require(hash.flatMap { lab.ledger.snapshot.keys[$0] })
        #expect(record.id == key.id)
        #expect(record.version == key.revision)
        #expect(record.project.name == "ranking")
        #expect(record.applicationID == 1)
        #expect(record.userSubjectID != nil)
    }

    @Test func storesNeitherSecretNorPersonInTruth() async throws {
        let lab = try await Self.lab()
        let key = try await lab.ledger.createKey(NewKey(project: "ranking", user: "anna"), by: .owner)
        for table in TruthTable.allCases {
            for row in try lab.rows("SELECT * FROM \(table.rawValue)") {
                for value in row {
                    #expect(value.text?.contains(key.secret) != true)
                    #expect(value.text?.contains("anna") != true)
                }
            }
        }
        #expect(try lab.rows("SELECT value FROM subject") == [["anna"]])
    }

    @Test func namesKeysInTurn() async throws {
        let lab = try await Self.lab()
        for expected in ["key-1", "key-2"] {
            #expect(try await lab.ledger.createKey(NewKey(project: "acme/ranking"), by: .owner).name == expected)
        }
        _ = try await lab.ledger.createKey(NewKey(project: "ranking", name: "key-4"), by: .owner)
        #expect(try await lab.ledger.createKey(NewKey(project: "ranking"), by: .owner).name == "key-5")
    }

    /// Requests that are refused, and the code.
    static let refused: [(NewKey, String)] = [
        (NewKey(project: "rankin"), "no_such_object"),
        (NewKey(project: "ranking", application: "mobile"), "no_such_object"),
        (NewKey(project: "ranking", name: "a/b"), "invalid_change"),
        (NewKey(project: "ranking", name: "-x"), "invalid_change"),
        (NewKey(project: "ranking", name: "taken"), "name_taken"),
        (NewKey(project: "ranking", user: "\u{7}"), "invalid_change"),
        (NewKey(project: "ranking", expiresMicros: 1), "invalid_change"),
    ]

    @Test(arguments: refused)
    func refusesKeysThatCannotBe(_ request: NewKey, _ code: String) async throws {
        let lab = try await Self.lab()
        _ = try await lab.ledger.createKey(NewKey(project: "ranking", name: "taken"), by: .owner)
        let journal = try lab.count("journal")
        let error = await #expect(throws: TollbookError.self) { try await lab.ledger.createKey(request, by: .owner) }
        #expect(error?.code.rawValue == code)
        #expect(try lab.count("journal") == journal)
    }

    @Test func revokedKeysAreGoneAtOnce() async throws {
        let lab = try await Self.lab()
        let key = try await lab.ledger.createKey(NewKey(project: "ranking"), by: .owner)
        let revoked = try await lab.ledger.revokeKey(.path("ranking/key-1"), by: .owner)
        #expect(revoked.id == key.id)
        #expect(revoked.wasOpen)
        #expect(lab.ledger.snapshot.keys.isEmpty)
        let again = try await lab.ledger.revokeKey(.id(key.id), by: .owner)
        #expect(!again.wasOpen)
        #expect(again.revision == revoked.revision)
        let missing = await #expect(throws: TollbookError.self) {
            try await lab.ledger.revokeKey(.path("key-1"), by: .owner)
        }
        #expect(missing?.code.rawValue == "no_such_object")
    }

    @Test func revokesNoKeyWhenTheNameIsNotUnique() async throws {
        let lab = try await Self.lab()
        try await lab.apply(
            "\"manager\": \"b\", \"organizations\": [\(GovernanceLab.tree("acme", "search", "ads"))]"
        )
        for project in ["ranking", "ads"] {
            _ = try await lab.ledger.createKey(NewKey(project: project, name: "k"), by: .owner)
        }
        let error = await #expect(throws: TollbookError.self) { try await lab.ledger.revokeKey(.path("k"), by: .owner) }
        #expect(error?.hint == "Write acme/ranking/k or acme/ads/k.")
        #expect(lab.ledger.snapshot.keys.count == 2)
    }

    @Test func listsKeysWithTheirPeople() async throws {
        let lab = try await Self.lab()
        let key = try await lab.ledger.createKey(
            NewKey(project: "ranking", application: "web", user: "anna"), by: .owner)
        _ = try await lab.ledger.createKey(NewKey(project: "ranking", name: "old"), by: .owner)
        _ = try await lab.ledger.revokeKey(.path("old"), by: .owner)
        let listed = try lab.ledger.listKeys()
        #expect(listed.map(\.name) == ["key-1"])
        #expect(listed.first?.user == "anna")
        #expect(listed.first?.application == "web")
        #expect(listed.first?.hint == String(key.secret.suffix(4)))
        #expect(listed.first?.createdMicros == lab.clock.nowMicros())
        #expect(try lab.ledger.listKeys(project: "ranking", includesClosed: true).map(\.isClosed) == [false, true])
    }

    @Test func budgetsMayBeOnKeys() async throws {
        let lab = try await Self.lab()
        _ = try await lab.ledger.createKey(NewKey(project: "ranking", name: "ci"), by: .owner)
        let budget = #""manager": "k", "budgets": [{"scope": "key/ranking/ci", "limit": "1 USD", "period": "total"}]"#
        let receipt = try await lab.apply(budget)
        #expect(receipt.changes.first?.fields.first?.to == "key/acme/ranking/ci")
        let state = try GovernanceLoader.load(connection: lab.ledger.makeReader(), revision: 9)
        #expect(state.budgets.map(\.reach.text) == ["project/ranking", "key/ranking/ci"])
    }
}
