import SQLite
import Testing

@Suite struct StatementTests {
    let connection: Connection
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        connection = try directory.openLog()
    }

    static let integers: [Int64] = [.min, -1, 0, 1, (1 << 53) + 1, .max]

    @Test(arguments: integers)
    func integersKeepEveryBit(_ integer: Int64) throws {
        try connection.execute("CREATE TABLE t(a INTEGER NOT NULL) STRICT")
        let insert = try connection.prepare("INSERT INTO t VALUES (?)")
        try insert.bind(integer, at: 1)
        try insert.run()
        let select = try connection.prepare("SELECT a FROM t")
        #expect(try select.step())
        #expect(select.int64(at: 0) == integer)
        #expect(select.optionalInt64(at: 0) == integer)
        #expect(select.int(at: 0) == Int(integer))
        #expect(select.bool(at: 0) == (integer != 0))
        #expect(select.type(at: 0) == .integer)
    }

    @Test(arguments: ["", "a", "a\0b", "\0", "ünï 💶", String(repeating: "x", count: 100_000)])
    func textsKeepEveryByte(_ text: String) throws {
        let statement = try connection.prepare("SELECT ?, typeof(?1), length(CAST(?1 AS BLOB))")
        try statement.bind(text, at: 1)
        #expect(try statement.step())
        #expect(statement.string(at: 0) == text)
        #expect(statement.optionalString(at: 0) == text)
        #expect(statement.bytes(at: 0) == Array(text.utf8))
        #expect(statement.string(at: 1) == "text")
        #expect(statement.int(at: 2) == text.utf8.count)
    }

    static let blobs: [[UInt8]] = [[], [0], [0, 0xFF, 0], Array(repeating: 0xA5, count: 100_000)]

    @Test(arguments: blobs)
    func blobsKeepEveryByte(_ blob: [UInt8]) throws {
        let statement = try connection.prepare("SELECT ?, typeof(?1)")
        try statement.bind(blob, at: 1)
        #expect(try statement.step())
        #expect(statement.bytes(at: 0) == blob)
        #expect(statement.optionalBytes(at: 0) == blob)
        #expect(statement.withBytes(at: 0) { Array($0) } == blob)
        #expect(statement.string(at: 1) == "blob")
    }

    @Test func everyWayToBindGivesItsStorageClass() throws {
        let statement = try connection.prepare("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?")
        let borrowed: [UInt8] = [1, 2, 3]
        try statement.bind(7 as Int, at: 1)
        try statement.bind(true, at: 2)
        try statement.bind(0.5, at: 3)
        try statement.bindNull(at: 4)
        try statement.bindStatic("literal", at: 5)
        try statement.bindStatic("", at: 6)
        try statement.bind("substring".dropFirst(3), at: 7)
        try Array("utf8".utf8).withUnsafeBytes { try statement.bindText(utf8: $0, at: 8) }
        try [9 as UInt8].withUnsafeBytes { try statement.bind($0, at: 9) }
        try statement.bindText(utf8: UnsafeRawBufferPointer(start: nil, count: 0), at: 11)
        try borrowed.withUnsafeBytes { bytes in
            try statement.bindBorrowed(bytes, at: 10)
            #expect(try statement.step())
            let expected: [Value] = [
                7, 1, 0.5, nil, "literal", "", "string", "utf8", .blob([9]), .blob([1, 2, 3]), "",
            ]
            #expect(statement.values == expected)
            statement.reset()
            statement.clearBindings()
        }
        #expect(try statement.step())
        #expect(statement.values == Array(repeating: .null, count: 11))
    }

    @Test func optionalsBindNull() throws {
        let statement = try connection.prepare("SELECT ?, ?, ?, ?")
        for isNull in [false, true] {
            try statement.bind(isNull ? nil : 1 as Int64?, at: 1)
            try statement.bind(isNull ? nil : 2 as Int?, at: 2)
            try statement.bind(isNull ? nil : "3" as String?, at: 3)
            try statement.bind(isNull ? nil : [4] as [UInt8]?, at: 4)
            #expect(try statement.step())
            #expect((0..<4).allSatisfy { statement.isNull(at: $0) == isNull })
            #expect(statement.optionalInt64(at: 0) == (isNull ? nil : 1))
            #expect(statement.optionalString(at: 2) == (isNull ? nil : "3"))
            #expect(statement.optionalBytes(at: 3) == (isNull ? nil : [4]))
            statement.reset()
        }
    }

    @Test func nullReadsAsZeroUnlessAskedFor() throws {
        let statement = try connection.prepare("SELECT NULL")
        #expect(try statement.step())
        #expect(statement.int64(at: 0) == 0)
        #expect(statement.string(at: 0) == "")
        #expect(statement.double(at: 0) == 0)
        #expect(statement.isNull(at: 0))
        #expect(statement.isNull(at: 99))
    }

    @Test func invalidUTF8IsRepairedInTextAndKeptInBytes() throws {
        let statement = try connection.prepare("SELECT CAST(x'61FF62' AS TEXT)")
        #expect(try statement.step())
        #expect(statement.string(at: 0) == "a\u{FFFD}b")
        #expect(statement.bytes(at: 0) == [0x61, 0xFF, 0x62])
    }

    @Test func bindingOutOfRangeOrWhileOnARowIsRefused() throws {
        let statement = try connection.prepare("SELECT ?")
        #expect(failure { try statement.bind(1, at: 2) }?.code == .range)
        #expect(failure { try statement.bind("x", at: 0) }?.code == .range)
        #expect(failure { try statement.bind([1], at: -1) }?.code == .range)
        #expect(try statement.step())
        #expect(failure { try statement.bind(1, at: 1) }?.code == .misuse)
    }

    @Test func theEndAndAFailureBothLeaveTheStatementReadyToBind() throws {
        try connection.execute("CREATE TABLE t(a INTEGER NOT NULL) STRICT")
        let insert = try connection.prepare("INSERT INTO t VALUES (?)")
        #expect(failure { try insert.run() }?.code == .constraintNotNull)
        try insert.bind(1, at: 1)
        #expect(try !insert.step())
        try insert.bind(2, at: 1)
        try insert.run()
        #expect(!insert.isBusy)
        #expect(try connection.query("SELECT a FROM t ORDER BY a") == [[1], [2]])
    }

    @Test func rowsAreVisitedInOrderAndTheStatementResets() throws {
        let statement = try connection.prepare("SELECT 1 AS n, 'a' AS s UNION ALL SELECT 2, 'b'")
        var seen: [Value] = []
        try statement.forEachRow { row in seen += [.integer(row.int64(at: 0)), row.value(at: 1)] }
        #expect(seen == [1, "a", 2, "b"])
        #expect(try statement.map { $0.int64(at: 0) } == [1, 2])
        #expect(try statement.first { $0.string(at: 1) } == "a")
        #expect(!statement.isBusy)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try statement.forEachRow { _ in throw Stop() } }
        #expect(!statement.isBusy)
        #expect(try connection.prepare("SELECT 1 WHERE 0").first { $0.int64(at: 0) } == nil)
    }

    @Test func describesItself() throws {
        try connection.execute("CREATE TABLE t(a)")
        let select = try connection.prepare("SELECT a AS one, 2 AS two FROM t WHERE a = :key AND ?2 = 0")
        #expect(select.sql.hasPrefix("SELECT a AS one"))
        #expect(select.parameterCount == 2)
        #expect(select.parameterIndex(of: ":key") == 1)
        #expect(select.parameterIndex(of: ":other") == nil)
        #expect(select.columnCount == 2)
        #expect(select.columnName(at: 1) == "two")
        #expect(select.columnName(at: 2) == "")
        #expect(select.isReadOnly && !select.isExplain)
        #expect(try !connection.prepare("DELETE FROM t").isReadOnly)
        #expect(try connection.prepare("EXPLAIN QUERY PLAN SELECT * FROM t").isExplain)
    }
}
