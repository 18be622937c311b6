import SQLite
import Testing

@Suite struct ConnectionTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func readWriteDoesNotMakeAFile() throws {
        let path = directory.databasePath
        let error = failure { _ = try Connection(path: path, mode: .readWrite) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.hint != nil)
        #expect(directory.size(of: "test.db") == nil)
    }

    @Test func readOnlyRefusesWrites() throws {
        try Connection(path: directory.databasePath).execute("CREATE TABLE t(a)")
        let reader = try Connection(path: directory.databasePath, mode: .readOnly)
        let error = failure { try reader.execute("INSERT INTO t VALUES (1)") }
        #expect(error?.code.primary == .readOnly)
        #expect(try reader.query("SELECT count(*) FROM t") == [[0]])
    }

    @Test func openingADirectoryIsRefused() {
        let error = failure { _ = try Connection(path: directory.path) }
        #expect(error?.code.primary == .cannotOpen)
        #expect(error?.hint != nil)
    }

    @Test func refusesPathsThatCWouldCut() {
        #expect(failure { _ = try Connection(path: "") }?.code == .misuse)
        #expect(failure { _ = try Connection(path: "a\0b") }?.code == .misuse)
    }

    @Test func aFileOfAnotherFormatIsNamedSo() throws {
        let connection = try directory.openLog()
        try connection.execute("CREATE TABLE t(a)")
        _ = try connection.checkpoint(.truncate)
        try connection.close()
        try overwrite(directory.databasePath, with: Array(repeating: 0x41, count: 4096))
        let damaged = try Connection(path: directory.databasePath)
        let error = failure { _ = try damaged.query("SELECT * FROM t") }
        #expect(error?.code == .notADatabase)
    }

    @Test func aClosedConnectionRefusesWithoutCrashing() throws {
        let connection = try directory.openLog()
        try connection.close()
        try connection.close()
        #expect(failure { try connection.execute("SELECT 1") }?.code == .misuse)
        #expect(failure { try connection.begin() }?.code == .misuse)
        #expect(failure { try connection.createFunction("f", argumentCount: 0) { _ in 1 } }?.code == .misuse)
        #expect(!connection.isInTransaction)
        connection.interrupter.interrupt()
    }

    @Test func closeIsRefusedWhileAStatementIsHeld() throws {
        let connection = try directory.openLog()
        var statement: Statement? = try connection.prepare("SELECT 1")
        #expect(failure { try connection.close() }?.code == .busy)
        #expect(try statement?.step() == true)
        statement = nil
        try connection.close()
    }

    @Test func aStatementOutlivesItsConnection() throws {
        var connection: Connection? = try Connection(path: Connection.inMemory)
        try connection?.setAuthorizer { $0.readerVerdict }
        let statement = try #require(try connection?.prepare("SELECT 7"))
        connection = nil
        #expect(try statement.step())
        #expect(statement.int64(at: 0) == 7)
    }

    @Test func aConnectionCanBeSentToAThreadOfItsOwn() async throws {
        let connection = try Connection(path: directory.databasePath)
        let sum = try await Task.detached { try connection.query("SELECT 40 + 2") }.value
        #expect(sum == [[42]])
    }

    @Test func countsChangesAndRowIDs() throws {
        let connection = try directory.openLog()
        try connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        try connection.execute("INSERT INTO t(id, a) VALUES (9223372036854775807, 1), (5, 2)")
        #expect(connection.lastInsertRowID == 5)
        #expect(connection.changes == 2)
        try connection.execute("UPDATE t SET a = 3")
        #expect(connection.changes == 2)
        #expect(connection.totalChanges == 4)
    }

    @Test func scriptsRunEveryStatementAndTellWhereTheyBreak() throws {
        let connection = try directory.openLog()
        try connection.execute("CREATE TABLE a(x); -- a comment; with a semicolon\nCREATE TABLE b(x);\n-- the end\n")
        #expect(try connection.query("SELECT count(*) FROM sqlite_schema") == [[2]])
        let error = failure { try connection.execute("CREATE TABLE c(x); CREATE TABEL d(x)") }
        #expect(error?.code == .error)
        #expect(error?.offset == 26)
        #expect(try connection.query("SELECT count(*) FROM sqlite_schema") == [[3]])
    }

    @Test func prepareRefusesWhatSQLiteWouldSilentlyPassOver() throws {
        let connection = try directory.openLog()
        #expect(failure { _ = try connection.prepare("SELECT 1; SELECT 2") }?.code == .misuse)
        #expect(failure { _ = try connection.prepare("  -- nothing") }?.code == .misuse)
        #expect(failure { _ = try connection.prepare("SELECT 1\0 FROM t") }?.code == .misuse)
        #expect(failure { try connection.execute("SELECT 1;\0") }?.code == .misuse)
        #expect(try connection.prepare("SELECT 1; -- a comment").step())
        #expect(try connection.prepare("SELECT 1;;").step())
    }

    @Test func queryBindsAndReturnsEveryStorageClass() throws {
        let connection = try directory.openLog()
        let values: [Value] = [nil, .integer(.min), 1.5, "text", .blob([0, 255])]
        #expect(try connection.query("SELECT ?, ?, ?, ?, ?", values) == [values])
        #expect(failure { _ = try connection.query("SELECT ?", []) }?.code == .range)
    }

    @Test func libraryIsOneThatTheLedgerMayUse() {
        #expect(Library.versionNumber >= 3_040_000)
        #expect(Library.version.hasPrefix("3."))
        #expect(Library.isThreadSafe)
        #expect(Library.compileOptions.contains { $0.hasPrefix("THREADSAFE=") })
    }
}
