import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookReports

/// Focus: the story of one request tells every row that the ledger has of it.
@Suite struct ExplainTests {
    private func members(_ json: ReportJSON) -> [String: ReportJSON] {
        guard case .object(let members) = json else { return [:] }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
    }

    private func elements(_ json: ReportJSON?) -> [[String: ReportJSON]] {
        guard case .array(let elements) = json else { return [] }
        return elements.map(members)
    }

    @Test func tellsAFailedOverCall() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "pair", key: BooksFixture.Key.ofUser, endUser: "u-1", tags: "a=b")
        try await books.failOver(call)
        let story = try Explain.run(try books.makeReader(), call.request.id)
        let json = members(story.json)
        #expect(json["request_id"] == .string(call.request.id.text))
        #expect(json["state"] == "settled")
        let who = members(json["who"] ?? .null)
        #expect(who["project"] == "ranking")
        #expect(who["application"] == "web")
        #expect(who["user"] == "Ada")
        #expect(who["end_user"] == "u-1")
        let attempts = elements(json["attempts"])
        #expect(attempts.map { $0["deployment"] } == ["small-eu", "small-us"])
        #expect(attempts[0]["error_class"] == "closed_mid_body")
        let charges = elements(json["charges"])
        #expect(charges.map { $0["price_per_million"] } == ["0.150000", "0.200001", "0.700003"])
        #expect(charges.map { $0["meter"] } == ["input", "input", "output"])
        #expect(charges[0]["usage_source"] == "estimated")
        let decisions = elements(json["decisions"])
        #expect(decisions.contains { $0["policy"] == "budget-1" && $0["reason"] == "within_budget" })
        #expect(decisions.contains { $0["policy"] == "pair" && $0["deployment"] == "small-eu" })
        #expect(elements(json["transfers"]).map { $0["code"] } == ["hold", "charge", "charge", "charge", "release"])
        #expect(elements(json["transfers"]).last?["credit"] == "provider openai-eu payable")
        #expect(elements(json["journal"]).map { $0["kind"] } == ["open", "settle"])
    }

    @Test func showsTheLeafHashOfTheJournal() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "small", key: BooksFixture.Key.plain)
        try await books.open(call)
        let story = try Explain.run(try books.makeReader(), call.request.id)
        let row = elements(members(story.json)["journal"])[0]
        guard case .string(let bodyHash) = row["body_hash"], case .string(let leafHash) = row["leaf_hash"] else {
            Issue.record("no hashes")
            return
        }
        let found = try books.makeReader().query("SELECT body_hash FROM journal ORDER BY log_index DESC LIMIT 1")
        #expect(bodyHash == Hexadecimal.text(found[0][0].blob ?? []))
        #expect(leafHash.count == 64 && leafHash != bodyHash)
    }

    @Test func tellsAnOpenCallAsOfAnIndex() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "small", key: BooksFixture.Key.plain)
        try await books.complete(call)
        let reader = try books.makeReader()
        let settled = try #require(try reader.query("SELECT max(log_index) FROM outcome").first?.first?.integer)
        let story = try Explain.run(reader, call.request.id, asOf: settled - 1)
        #expect(members(story.json)["state"] == "open")
        #expect(members(story.json)["outcome"] == .null)
        #expect(story.text.contains("in flight"))
    }

    @Test func saysThatAnUnpricedCallCostsAnUnknownAmount() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "unpriced", key: BooksFixture.Key.ofGlobex)
        try await books.complete(call)
        let text = try Explain.run(try books.makeReader(), call.request.id).text
        #expect(text.contains("their cost is unknown"))
        #expect(!text.contains("cost         0"))
    }

    @Test func showsNoControlCharactersOfCallers() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "small", key: BooksFixture.Key.plain, endUser: "\u{1B}[31mred\u{202E}")
        try await books.complete(call)
        let text = try Explain.run(try books.makeReader(), call.request.id).text
        #expect(text.contains("\\u{1b}[31mred\\u{202e}"))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }

    @Test func refusesAnUnknownRequest() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        #expect(throws: TollbookError.self) { try Explain.run(try books.makeReader(), RequestID(rawValue: 7)) }
    }
}
