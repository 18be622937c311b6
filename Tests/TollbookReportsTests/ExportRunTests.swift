import Foundation
import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookReports
import TollbookTesting

/// Focus: an export is what the views show, as of its index, and its manifest proves its bytes.
@Suite struct ExportRunTests {
    private static let dayMicros: Int64 = 86_400_000_000
    private static let march: Int64 = 1_772_323_200_000_000

    private func query(_ name: ExportQuery.Name, asOf: Int64? = nil) -> ExportQuery {
        ExportQuery(name: name, fromMicros: Self.march, toMicros: Self.march + 31 * Self.dayMicros, asOf: asOf)
    }

    private func export(
        _ books: BooksFixture, _ query: ExportQuery
    ) throws -> (manifest: ExportManifest, csv: [UInt8], files: [String: [UInt8]]) {
        var sink = MemorySink()
        let manifest = try ExportRun.run(try books.makeReader(), query, toolVersion: "1.2.3", sink: &sink)
        #expect(sink.isCommitted)
        return (manifest, sink.files[manifest.fileName] ?? [], sink.files)
    }

    private func makeBooks() async throws -> BooksFixture {
        let books = try await BooksFixture()
        try await books.makeEveryKindOfCall()
        return books
    }

    /// A view's value as the export writes it.
    private func text(_ value: Value, column: String) -> String? {
        switch value {
        case .null: nil
        case .integer(let integer):
            if column.hasSuffix("_micros"), ["accepted_micros", "ended_micros", "usage_at_micros"].contains(column) {
                CivilTime.text(micros: integer)
            } else if column == "request_id" || column == "parent_id" {
                RequestID(rawValue: integer).text
            } else {
                String(integer)
            }
        case .text(let text): text
        case .blob(let bytes): Hexadecimal.text(bytes)
        case .real(let real): "\(real)"
        }
    }

    private func compare(_ name: ExportQuery.Name, view: String, order: String) async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let lines = CSVReader.lines(try export(books, query(name)).csv)
        let reader = try books.makeReader()
        let statement = try reader.prepare("SELECT * FROM \(view) ORDER BY \(order)")
        let columns = (0..<statement.columnCount).map { statement.columnName(at: $0) }
        let rows = try reader.query("SELECT * FROM \(view) ORDER BY \(order)")
        #expect(lines.count == rows.count + 1)
        for (line, row) in zip(lines.dropFirst(), rows) {
            let fields = Dictionary(uniqueKeysWithValues: zip(lines[0].map { $0 ?? "" }, line))
            for (column, value) in zip(columns, row) {
                let name = column.replacingOccurrences(of: "ed_micros", with: "ed_at")
                    .replacingOccurrences(of: "usage_at_micros", with: "usage_at")
                guard let field = fields[name] else { continue }
                #expect(field == text(value, column: column), "\(column) of \(line[0] ?? "")")
            }
        }
        let missing = columns.filter { column in
            let name = column.replacingOccurrences(of: "ed_micros", with: "ed_at")
                .replacingOccurrences(of: "usage_at_micros", with: "usage_at")
            return !lines[0].contains(name)
        }
        let leftOut: [ExportQuery.Name: [String]] = [
            .charges: ["pico_per_unit", "price_from_micros", "price_to_micros"], .decisions: ["policy"],
        ]
        #expect(missing == leftOut[name] ?? [])
    }

    @Test func trailIsWhatTheViewShows() async throws {
        try await compare(.requestTrail, view: "request_trail", order: "request_id")
    }

    @Test func chargesAreWhatTheViewShows() async throws {
        try await compare(.charges, view: "charge_detail", order: "request_id, ordinal")
    }

    @Test func decisionsAreWhatTheViewShows() async throws {
        try await compare(.decisions, view: "decision_detail", order: "request_id, ordinal")
    }

    @Test func manifestProvesTheBytes() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let reader = try books.makeReader()
        let (manifest, csv, files) = try export(books, query(.requestTrail))
        #expect(manifest.sha256 == Hexadecimal.text(RunningHash.digest(of: csv)))
        #expect(manifest.fileBytes == Int64(csv.count))
        #expect(manifest.rowCount == 10)
        #expect(manifest.openCount == 1)
        #expect(manifest.asOfIndex == (try LedgerHead.index(reader)))
        let total = try reader.query("SELECT sum(amount_nano) FROM charge").first?.first?.integer
        #expect(manifest.amountNano == ["USD": total ?? 0])
        let input = try reader.query("SELECT sum(quantity) FROM charge WHERE meter = 1").first?.first?.integer
        #expect(manifest.sums.first { $0.column == "input_quantity" }?.sum == input)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(files["manifest.json"] ?? [])) as? [String: Any])
        #expect(json["recorded"] as? Bool == false)
        #expect(json["trust_level"] as? String == "none: leaf hashes only")
        #expect((json["trust_statement"] as? String)?.contains("no tamper evidence is claimed") == true)
        #expect(json["tool_version"] as? String == "1.2.3")
        #expect((json["columns"] as? [String])?.count == CSVReader.lines(csv)[0].count)
    }

    @Test func spendReportAndExportAgree() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let query = query(.charges)
        let spend = try SpendReport.run(
            try books.makeReader(),
            SpendQuery(fromMicros: query.fromMicros, toMicros: query.toMicros, dimensions: [.project, .model]))
        let sum = spend.rows.reduce(Int64(0)) { $0 + $1.spend.nano }
        #expect(try export(books, query).manifest.amountNano == ["USD": sum])
    }

    @Test func givesTheSameBytesAsOfAnIndex() async throws {
        let books = try await makeBooks()
        defer { books.ledger.shutdown() }
        let index = try LedgerHead.index(try books.makeReader())
        let before = try export(books, query(.requestTrail, asOf: index))
        try await books.complete(try books.call(route: "small", key: BooksFixture.Key.plain))
        try await books.ledger.administer(.governance, organizationID: 1) {
            try GovernedRows.insert($0, .projectVersion, "project", 2, [1, 2, "renamed", nil, nil])
        }
        let again = try export(books, query(.requestTrail, asOf: index))
        #expect(before.csv == again.csv)
        #expect(before.files["manifest.json"] == again.files["manifest.json"])
        #expect(try export(books, query(.requestTrail)).csv != before.csv)
    }

    @Test func showsARequestAsOpenUntilItsSettlement() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        let call = try books.call(route: "small", key: BooksFixture.Key.plain)
        try await books.complete(call)
        let outcomes = try books.makeReader().query("SELECT max(log_index) FROM outcome")
        let settled = try #require(outcomes.first?.first?.integer)
        let lines = CSVReader.lines(try export(books, query(.requestTrail, asOf: settled - 1)).csv)
        let state = try #require(lines[0].firstIndex(of: "state"))
        #expect(lines[1][state] == "open")
        let now = CSVReader.lines(try export(books, query(.requestTrail)).csv)
        #expect(now[1][state] == "settled")
    }

    @Test func quotesWhatASpreadsheetWouldRun() async throws {
        let books = try await BooksFixture()
        defer { books.ledger.shutdown() }
        try await books.complete(
            try books.call(
                route: "small", key: BooksFixture.Key.plain, endUser: "=cmd|' /C calc'!A0", tags: "+1,\"x\"",
                interaction: "a\r\nb"))
        let lines = CSVReader.lines(try export(books, query(.requestTrail)).csv)
        let fields = Dictionary(uniqueKeysWithValues: zip(lines[0].map { $0 ?? "" }, lines[1]))
        #expect(fields["end_user"] == "'=cmd|' /C calc'!A0")
        #expect(fields["tags"] == "'+1,\"x\"")
        #expect(fields["interaction"] == "a\r\nb")
    }

    @Test func listsErasedPersons() async throws {
        let books = try await makeBooks()
        books.ledger.shutdown()
        let file = try LedgerFile(copyOf: books.databasePath)
        try file.execute("UPDATE subject SET value = NULL WHERE value = 'Ada'")
        var sink = MemorySink()
        let reader = try LedgerConnection.openReader(path: file.path)
        let manifest = try ExportRun.run(reader, query(.requestTrail), toolVersion: "1", sink: &sink)
        let id = try reader.query("SELECT subject_id FROM subject WHERE value IS NULL").first?.first?.integer
        #expect(manifest.erasedSubjects == [id ?? 0])
        #expect(String(decoding: sink.files["request_trail.csv"] ?? [], as: UTF8.self).contains(",erased,"))
    }

    @Test func writesPagesOfRequestsWithoutLosingOne() async throws {
        let books = try await BooksFixture()
        books.ledger.shutdown()
        let file = try LedgerFile(copyOf: books.databasePath)
        let count = ReportLimits.requestsPerPage * 2 + 3
        try SyntheticCalls.insert(count: count, firstMicros: Self.march, into: file)
        var sink = MemorySink()
        let reader = try LedgerConnection.openReader(path: file.path)
        let manifest = try ExportRun.run(reader, query(.requestTrail), toolVersion: "1", sink: &sink)
        #expect(manifest.rowCount == Int64(count))
        let ids = CSVReader.lines(sink.files["request_trail.csv"] ?? []).dropFirst().map { $0[0] ?? "" }
        #expect(Set(ids).count == count)
        #expect(ids == ids.sorted())
    }
}

/// Focus: a directory never holds half an export.
@Suite struct DirectorySinkTests {
    private func contents(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test func writesFilesThatAppearTogether() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a/b"
        let sink = try DirectorySink(directory: path)
        try sink.begin("x.csv")
        try sink.write(Array("one".utf8))
        try sink.write(Array("two".utf8))
        try sink.end()
        #expect(try contents(path) == ["x.csv.partial"])
        try sink.begin("manifest.json")
        try sink.end()
        try sink.commit()
        #expect(try contents(path) == ["manifest.json", "x.csv"])
        #expect(try String(contentsOfFile: path + "/x.csv", encoding: .utf8) == "onetwo")
    }

    @Test func refusesADirectoryThatIsNotEmpty() throws {
        let directory = try TemporaryDirectory()
        try Data().write(to: URL(fileURLWithPath: directory.path + "/.hidden"))
        #expect(throws: TollbookError.self) { try DirectorySink(directory: directory.path) }
    }

    @Test func leavesNothingWhenItIsNotCommitted() throws {
        let directory = try TemporaryDirectory()
        do {
            let sink = try DirectorySink(directory: directory.path)
            try sink.begin("x.csv")
            try sink.write([1])
            try sink.end()
            try sink.begin("y.csv")
        }
        #expect(try contents(directory.path) == [])
    }
}
