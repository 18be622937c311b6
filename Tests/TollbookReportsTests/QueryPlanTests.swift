import SQLite
import Testing
import TollbookLedger
import TollbookReports

/// Focus: every query of the reports searches by key; none scans a table that grows with the calls.
@Suite struct QueryPlanTests {
    private static let queries: [(name: String, sql: StaticString)] =
        NameQueries.all + SpendQueries.all + ExportQueries.all + ExplainQueries.all + FeedQueries.all

    /// Small tables of governed objects, and the requests in flight.
    private static let mayScan = ["_version", " h"]

    @Test func searchByKeyAndSortNothing() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        for (name, sql) in Self.queries {
            let plan = try reader.prepare("EXPLAIN QUERY PLAN \(sql)").map { $0.string(at: 3) }
            #expect(!plan.isEmpty)
            for step in plan {
                let isScan = step.hasPrefix("SCAN") && !Self.mayScan.contains { step.contains($0) }
                #expect(!isScan, "\(name): \(step)")
                // The deployments of a period are few: sorting them out costs nothing.
                let sorts = step.contains("TEMP B-TREE") && name != "rollupDeployments"
                #expect(!sorts, "\(name): \(step)")
            }
        }
    }

    @Test(arguments: ["request_trail", "charge_detail", "decision_detail", "attempt_detail", "transfer_detail"])
    func viewsSearchByRequest(view: String) async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let plan = try books.makeReader().query("EXPLAIN QUERY PLAN SELECT * FROM \(view) WHERE request_id = 1")
        for step in plan.compactMap({ $0[3].text }) {
            // A subquery over one request's decisions is no table.
            #expect(!step.hasPrefix("SCAN") || step.hasPrefix("SCAN (subquery"), "\(step)")
        }
    }
}
