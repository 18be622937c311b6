import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookReports

/// Focus: whatever is changed, removed or added behind the guards, `verify` names it.
@Suite struct VerifyTamperTests {
    /// One row of a table, by its key.
    private struct Victim {
        let table: String
        let columns: [String]
        let keyColumns: [String]
        let values: [Value]

        var condition: String { keyColumns.map { "\($0) = ?" }.joined(separator: " AND ") }
        var keyValues: [Value] { keyColumns.compactMap { columns.firstIndex(of: $0) }.map { values[$0] } }
        /// As `verify` writes it.
        var key: String { text(keyValues) }

        func text(_ key: [Value]) -> String {
            zip(keyColumns, key).map { column, value in
                guard let integer = value.integer else { return value.text ?? "" }
                let isRequest = column == "request_id" || (table == "request" && column == "id")
                return isRequest ? RequestID(rawValue: max(0, integer)).text : String(integer)
            }.joined(separator: "/")
        }
    }

    private static let truth = TruthTable.allCases.map(\.rawValue) + ["journal", "vocabulary", "migration"]

    private func makeFile() async throws -> LedgerFile {
        let books = try await BooksFixture()
        try await books.makeEveryKindOfCall()
        books.ledger.shutdown()
        return try LedgerFile(copyOf: books.databasePath)
    }

    private func victim(_ table: String, in file: LedgerFile, last: Bool = false) throws -> Victim {
        let columns = try file.query("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [.text(table)])
        let key = columns.filter { ($0[1].integer ?? 0) > 0 }.sorted { ($0[1].integer ?? 0) < ($1[1].integer ?? 0) }
        let keyColumns = key.compactMap { $0[0].text }
        let order = keyColumns.map { last ? "\($0) DESC" : $0 }.joined(separator: ", ")
        let row = try #require(
            try file.query("SELECT * FROM \(table) ORDER BY \(order) LIMIT 1").first, "\(table) has no row")
        return Victim(table: table, columns: columns.compactMap { $0[0].text }, keyColumns: keyColumns, values: row)
    }

    private func flipped(_ value: Value) -> Value {
        switch value {
        case .null: .integer(1)
        // Far enough not to meet another row's where a column is unique.
        case .integer(let integer): .integer(integer + 4)
        case .text(let text): .text(text + "x")
        case .blob(let bytes): .blob([bytes[0] ^ 1] + bytes.dropFirst())
        case .real(let real): .real(real + 1)
        }
    }

    /// Sets a column of one row and puts it back; nil where no value of the column's type can be set.
    private func verifyFlip(of column: Int, _ victim: Victim, in file: LedgerFile) throws -> (VerifyResult, String)? {
        let name = victim.columns[column]
        var changed = flipped(victim.values[column])
        let update = "UPDATE \(victim.table) SET \(name) = ? WHERE \(victim.condition)"
        do {
            try file.execute(update, [changed] + victim.keyValues)
        } catch let error as SQLiteError where error.code == .constraintDataType {
            changed = .text("x")
            do {
                try file.execute(update, [changed] + victim.keyValues)
            } catch let error as SQLiteError where error.code == .constraintDataType {
                changed = .blob([1])
                try file.execute(update, [changed] + victim.keyValues)
            }
        }
        var newKey = victim.keyValues
        if let position = victim.keyColumns.firstIndex(of: name) { newKey[position] = changed }
        let result = try file.verify()
        try file.execute(update, [victim.values[column]] + newKey)
        return (result, victim.text(newKey))
    }

    private func names(_ result: VerifyResult, _ table: String, _ keys: [String]) -> Bool {
        result.findings.contains { finding in
            keys.contains { key in
                (finding.table == table && finding.key == key) || finding.message.contains("\(table) \(key)")
            }
        }
    }

    @Test(arguments: truth) func namesAnyChangedColumn(table: String) async throws {
        let file = try await makeFile()
        #expect(try file.verify().isClean)
        for last in [false, true] {
            let victim = try victim(table, in: file, last: last)
            for column in victim.columns.indices {
                // A key moved onto another row's would be refused by the table itself.
                if !last, victim.keyColumns.contains(victim.columns[column]) { continue }
                try file.withoutGuards(of: table) {
                    let flip = try #require(try verifyFlip(of: column, victim, in: file))
                    // The dropped guards are findings too; they name triggers, not rows.
                    #expect(
                        names(flip.0, table, [victim.key, flip.1]),
                        "\(table).\(victim.columns[column]): \(flip.0.findings.prefix(60).map(\.text))")
                }
            }
        }
        #expect(try file.verify().isClean)
    }

    @Test(arguments: truth) func namesARemovedRow(table: String) async throws {
        let file = try await makeFile()
        let victim = try victim(table, in: file, last: true)
        try file.withoutGuards(of: table) {
            try file.execute("DELETE FROM \(table) WHERE \(victim.condition)", victim.keyValues)
        }
        let result = try file.verify()
        #expect(!result.findings.isEmpty, "\(table)")
        let indexOfRow = victim.columns.firstIndex(of: "log_index").flatMap { victim.values[$0].integer }
        // A row that is gone cannot be named by its key: its command is, or the row that misses it.
        #expect(
            result.findings.contains { finding in
                finding.logIndex == indexOfRow || finding.table == table || finding.key == "\(1)/\(indexOfRow ?? -1)"
            }, "\(table): \(result.findings.map(\.text))")
    }

    @Test(arguments: ["charge", "transfer", "decision", "attempt"]) func namesAnAddedRow(table: String) async throws {
        let file = try await makeFile()
        let victim = try victim(table, in: file, last: true)
        var values = victim.values
        values[1] = .integer((values[1].integer ?? 0) + 1)
        let marks = values.map { _ in "?" }.joined(separator: ", ")
        try file.execute("INSERT INTO \(table) VALUES (\(marks))", values)
        let result = try file.verify()
        #expect(names(result, table, [victim.text([values[0], values[1]])]), "\(result.findings.map(\.text))")
    }

    @Test(arguments: [
        "organization", "team", "project", "application", "principal", "provider", "credential", "deployment",
        "route", "api_key", "budget", "rate_limit", "budget_period", "account_balance", "rollup_quarter", "open_hold",
    ])
    func namesAChangedDerivedRow(table: String) async throws {
        let file = try await makeFile()
        let victim = try victim(table, in: file, last: true)
        for column in victim.columns.indices where !victim.keyColumns.contains(victim.columns[column]) {
            let flip = try #require(try verifyFlip(of: column, victim, in: file))
            #expect(
                flip.0.findings.contains { $0.table == table },
                "\(table).\(victim.columns[column]): \(flip.0.findings.map(\.text))")
        }
        try file.execute("DELETE FROM \(table) WHERE \(victim.condition)", victim.keyValues)
        #expect(
            try file.verify().findings.contains { $0.table == table || ($0.check == .outcome && table == "open_hold") },
            "\(table)")
    }

    @Test func namesADroppedGuardAndAChangedView() async throws {
        let file = try await makeFile()
        try file.execute("DROP TRIGGER charge_refuse_update")
        try file.execute("DROP VIEW transfer_detail")
        try file.execute("CREATE INDEX extra ON request (project_id)")
        let result = try file.verify()
        #expect(result.findings.map(\.key) == ["extra", "charge_refuse_update", "transfer_detail"])
        #expect(result.findings.allSatisfy { $0.check == .schema })
    }

    @Test func stopsWhereATableIsMissing() async throws {
        let file = try await makeFile()
        try file.execute("DROP TABLE rollup_quarter")
        let result = try file.verify()
        #expect(!result.isComplete)
        #expect(result.findings.map(\.key) == ["rollup_quarter"])
    }

    @Test func stopsAtTheLimitOfFindings() async throws {
        let file = try await makeFile()
        try file.withoutGuards(of: "vocabulary") { try file.execute("UPDATE vocabulary SET meaning = 'x'") }
        let result = try file.verify()
        #expect(result.findings.count == ReportLimits.findings)
        #expect(!result.isComplete)
    }

    @Test func namesARewrittenTail() async throws {
        let file = try await makeFile()
        // A whole command is taken out: its rows and its journal row.
        let last = try #require(try file.query("SELECT max(log_index), max(object_id) FROM journal").first)
        for (table, column) in [("request", "id"), ("decision", "request_id"), ("transfer", "request_id")] {
            try file.withoutGuards(of: table) {
                try file.execute("DELETE FROM \(table) WHERE \(column) = ?", [last[1]])
            }
        }
        try file.withoutGuards(of: "journal") {
            try file.execute("DELETE FROM journal WHERE log_index = ?", [last[0]])
        }
        // Leaf hashes do not show it; the derived sums that were left behind do.
        #expect(try file.verify().findings.contains { $0.table == "open_hold" })
    }
}
