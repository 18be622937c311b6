import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookReports

/// Focus: the report is the sum of the charges, by any dimension, from either source, at any index.
@Suite struct SpendReportTests {
    private static let dayMicros: Int64 = 86_400_000_000
    /// 2026-03-01T00:00:00Z, the day that the fixture's clock starts in.
    private static let march: Int64 = 1_772_323_200_000_000

    private func query(_ dimensions: [SpendDimension], days: Int64 = 31, asOf: Int64? = nil) -> SpendQuery {
        SpendQuery(
            fromMicros: Self.march, toMicros: Self.march + days * Self.dayMicros, dimensions: dimensions, asOf: asOf)
    }

    private func makeBooks() async throws -> BooksFixture {
        let books = try await BooksFixture()
        try await books.makeEveryKindOfCall()
        return books
    }

    @Test func addsUpWhatTheChargesSay() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        let result = try SpendReport.run(reader, query([]), source: .truth)
        let charges = try reader.query("SELECT sum(amount_nano) FROM charge").first?.first?.integer
        #expect(result.rows.count == 1)
        #expect(result.rows[0].spend.nano == charges)
        #expect(result.rows[0].requests == 10)
        #expect(result.rows[0].denied == 1)
        #expect(result.rows[0].estimated == 2)
        #expect(result.rows[0].unpriced == 1)
        #expect(result.rows[0].openHolds == 1)
        #expect(result.rows[0].currency == "USD")
        #expect(result.asOfIndex == (try LedgerHead.index(reader)))
    }

    private static let combinations: [[SpendDimension]] =
        SpendDimension.allCases.map { [$0] } + [[.project, .model], [.day, .month, .key], [.provider, .day]]

    @Test(arguments: combinations)
    func givesTheSameFromTruthAndRollup(dimensions: [SpendDimension]) async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        for zone in ["UTC", "Asia/Kathmandu", "America/St_Johns"] {
            var query = query(dimensions)
            query.timeZone = zone
            let truth = try SpendReport.run(reader, query, source: .truth)
            let rollup = try SpendReport.run(reader, query, source: .rollup)
            #expect(truth == rollup)
            #expect(truth.json.text == rollup.json.text)
            #expect(truth.csv == rollup.csv)
            #expect(truth.rows.count > 0)
        }
    }

    @Test func namesProjectsOfTheSameNameByTheirPath() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let result = try SpendReport.run(try books.makeReader(), query([.project]))
        #expect(result.rows.map { $0.labels[0] } == ["acme/ranking", "banners", "globex/ranking"])
    }

    @Test func keepsWhatWasReportedAsOfAnIndex() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        let index = try LedgerHead.index(reader)
        let before = try SpendReport.run(reader, query([.project, .key, .model, .day], asOf: index))
        let open = try books.call(route: "small", key: BooksFixture.Key.plain)
        try await books.complete(open)
        try await books.ledger.administer(.governance, organizationID: 1) {
            try GovernedRows.insert($0, .projectVersion, "project", 2, [1, 2, "renamed", nil, nil])
            try GovernedRows.insert(
                $0, .deploymentVersion, "deployment", 1, ["small-eu", 1, "other-1", "eu", nil, nil])
        }
        let again = try SpendReport.run(reader, query([.project, .key, .model, .day], asOf: index))
        #expect(before.json.text == again.json.text)
        let now = try SpendReport.run(reader, query([.project]))
        #expect(now.rows.map { $0.labels[0] } == ["acme/ranking", "globex/ranking", "renamed"])
    }

    @Test func keepsSpendAtTheModelThatWasCalled() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let before = try SpendReport.run(try books.makeReader(), query([.model]))
        try await books.ledger.administer(.governance, organizationID: 1) {
            try GovernedRows.insert(
                $0, .deploymentVersion, "deployment", 1, ["small-eu", 1, "other-1", "eu", nil, nil])
        }
        let after = try SpendReport.run(try books.makeReader(), query([.model]))
        #expect(before.rows == after.rows)
        #expect(throws: TollbookError.self) {
            try SpendReport.run(try books.makeReader(), query([.model]), source: .rollup)
        }
    }

    @Test func countsAPeriodFromItsFirstToBeforeItsLastMicrosecond() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "small", key: BooksFixture.Key.plain)
        try await books.complete(call)
        let accepted = call.request.acceptedMicros
        func requests(_ from: Int64, _ to: Int64) throws -> Int64 {
            let query = SpendQuery(fromMicros: from, toMicros: to, dimensions: [])
            return try SpendReport.run(try books.makeReader(), query).rows.first?.requests ?? 0
        }
        #expect(try requests(accepted, accepted + 1) == 1)
        #expect(try requests(accepted - 1, accepted) == 0)
        #expect(try requests(accepted + 1, accepted + 2) == 0)
    }

    @Test func postsToMonths() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        var posted = query([.month])
        posted.basis = .posted
        let result = try SpendReport.run(reader, posted)
        let usage = try SpendReport.run(reader, query([.month]))
        #expect(result.rows == usage.rows)
        posted.fromMicros += 1
        #expect(throws: TollbookError.self) { try SpendReport.run(reader, posted) }
    }

    @Test func filters() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        var narrowed = query([.organization])
        narrowed.filter.organizationID = 2
        for source in [SpendReport.Source.truth, .rollup] {
            let result = try SpendReport.run(reader, narrowed, source: source)
            #expect(result.rows.map { $0.labels[0] } == ["globex"])
            #expect(result.rows[0].requests == 2)
        }
    }

    @Test func printsAnErasedPersonAsErased() async throws {
        let books = try await makeBooks()
        books.ledger.shutdown()
        let file = try LedgerFile(copyOf: books.databasePath)
        let reader = try LedgerConnection.openReader(path: file.path)
        #expect(try SpendReport.run(reader, query([.user])).rows.map { $0.labels[0] } == ["Ada", nil])
        try file.execute("UPDATE subject SET value = NULL WHERE value = 'Ada'")
        #expect(try SpendReport.run(reader, query([.user])).rows.map { $0.labels[0] } == ["erased", nil])
    }

    @Test func refusesWhatItCannotAnswer() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        func code(_ change: (inout SpendQuery) -> Void) -> String? {
            var query = query([.day])
            change(&query)
            do {
                _ = try SpendReport.run(reader, query)
                return nil
            } catch let error as TollbookError {
                return error.code.rawValue
            } catch {
                return "\(error)"
            }
        }
        #expect(code { $0.timeZone = "Mars/Olympus" } == "time_zone_unknown")
        #expect(code { $0.toMicros = $0.fromMicros } == "period_invalid")
        #expect(code { $0.asOf = 1_000_000 } == "as_of_unknown")
        #expect(code { $0.asOf = -1 } == "as_of_unknown")
        #expect(
            code {
                $0.fromMicros = 0
                $0.toMicros = 40_001 * Self.dayMicros
            } == "report_too_large")
        #expect(throws: TollbookError.self) { try SpendDimension.parse(["project", "project"]) }
        #expect(throws: TollbookError.self) { try SpendDimension.parse(["planet"]) }
        #expect(try SpendDimension.parse(["project", "day"]) == [.project, .day])
    }

    @Test func writesTheJSONOfTheContract() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        try await books.complete(try books.call(route: "small", key: BooksFixture.Key.plain))
        let reader = try books.makeReader()
        var query = query([.project])
        query.timeZone = "Europe/Berlin"
        query.fromMicros -= 3_600_000_000
        let result = try SpendReport.run(reader, query)
        #expect(
            result.json.text == """
                {
                  "as_of_index": \(try LedgerHead.index(reader)),
                  "from": "2026-03-01T00:00:00+01:00",
                  "to": "2026-04-01T02:00:00+02:00",
                  "time_zone": "Europe/Berlin",
                  "basis": "usage",
                  "rows": [
                    {
                      "project": "ranking",
                      "requests": 1,
                      "denied": 0,
                      "estimated": 0,
                      "unpriced": 0,
                      "open_holds": 0,
                      "spend": "0.000024000",
                      "currency": "USD"
                    }
                  ]
                }

                """)
        #expect(
            String(decoding: result.csv, as: UTF8.self) == """
                project,requests,denied,estimated,unpriced,open_holds,spend,spend_nano,currency\r
                ranking,1,0,0,0,0,0.000024000,24000,USD\r

                """)
        let title = "project  requests  denied  estimated  unpriced  open holds        spend  currency\n"
        #expect(result.table.hasPrefix(title))
    }
}
