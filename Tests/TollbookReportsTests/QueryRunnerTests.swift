import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookReports

/// Focus: a person's SQL can read everything and do nothing else.
@Suite struct QueryRunnerTests {
    private func code(_ sql: String, _ runner: QueryRunner = QueryRunner()) async throws -> String? {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        do {
            _ = try runner.run(try books.makeReader(), sql)
            return nil
        } catch let error as TollbookError {
            return error.code.rawValue
        }
    }

    @Test(arguments: [
        "DELETE FROM charge", "INSERT INTO charge SELECT * FROM charge", "PRAGMA user_version", "PRAGMA wal_checkpoint",
        "ATTACH ':memory:' AS other", "CREATE TEMP TABLE x (a)", "SELECT load_extension('x')", "BEGIN",
        "SELECT 1; SELECT 2", "", "-- nothing", "SELECT * FROM pragma_table_info('charge')", "VACUUM INTO 'x'",
    ])
    func refuses(sql: String) async throws {
        #expect(try await code(sql) == "query_refused")
    }

    @Test(arguments: ["SELEC 1", "SELECT * FROM nothing", "SELECT ?", "SELECT \"nothing\" FROM charge"])
    func explainsWhatIsNotValid(sql: String) async throws {
        #expect(try await code(sql) == "query_invalid")
    }

    @Test func endsAtItsDeadline() async throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        #expect(try await code(endless, QueryRunner(deadlineSeconds: 1)) == "query_timeout")
    }

    @Test func cutsAtItsLimitAndSaysSo() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        let cut = try QueryRunner(rowLimit: 3).run(reader, "SELECT code FROM vocabulary")
        #expect(cut.rows.count == 3)
        #expect(cut.isCut)
        let whole = try QueryRunner(rowLimit: 3).run(reader, "SELECT code FROM vocabulary WHERE domain = 'mode'")
        #expect(whole.rows.count == 3)
        #expect(!whole.isCut)
    }

    @Test func rendersEveryStorageClass() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let result = try QueryRunner().run(
            try books.makeReader(), "SELECT 1 AS one, 'a,b' AS two, x'0aff' AS three, NULL AS four, 1.5 AS five")
        #expect(String(decoding: result.csv, as: UTF8.self) == "one,two,three,four,five\r\n1,\"a,b\",0aff,,1.5\r\n")
        #expect(
            result.json.compactText
                == #"{"columns":["one","two","three","four","five"],"rows":[[1,"a,b","0aff",null,"1.5"]],"cut":false}"#)
        #expect(result.table == "one  two  three  four  five\n  1  a,b  0aff          1.5\n(1 row)\n")
    }

    @Test func readsTheViews() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        try await books.makeEveryKindOfCall()
        let result = try QueryRunner().run(
            try books.makeReader(), "SELECT state, count(*) FROM request_trail GROUP BY state ORDER BY state")
        #expect(result.rows == [["open", 1], ["settled", 9]])
    }
}
