import SQLite
import Testing

@Suite struct ConfigurationTests {
    let directory: TemporaryDirectory
    let connection: Connection

    init() throws {
        directory = try TemporaryDirectory()
        connection = try directory.openLog()
    }

    @Test func theLedgersPragmasReadBack() throws {
        try connection.setPragma("synchronous", to: 2)
        try connection.setPragma("foreign_keys", to: 1)
        try connection.setPragma("recursive_triggers", to: 1)
        try connection.setPragma("trusted_schema", to: 0)
        try connection.setPragma("cache_size", to: -16_000)
        try connection.setPragma("application_id", to: 0x546F_6C6C)
        try connection.setPragma("user_version", to: 7)
        #expect(try connection.pragmaText("journal_mode") == "wal")
        #expect(try connection.pragmaInteger("wal_autocheckpoint") == 0)
        let other = try Connection(path: directory.databasePath, mode: .readOnly)
        #expect(try other.pragmaInteger("application_id") == 0x546F_6C6C)
        #expect(try other.pragmaInteger("user_version") == 7)
    }

    @Test func aPragmaThatIsNotInForceIsAnError() throws {
        #expect(failure { try connection.setPragma("no_such_pragma", to: 1) }?.code == .mismatch)
        try connection.transaction {
            let error = failure { try connection.setPragma("foreign_keys", to: 1) }
            #expect(error?.code == .mismatch)
            #expect(error?.message.contains("foreign_keys") == true)
        }
        let memory = try Connection(path: Connection.inMemory)
        #expect(failure { try memory.setPragma("journal_mode", to: .word("wal")) }?.code == .mismatch)
    }

    @Test func readingAPragmaChecksItsType() throws {
        #expect(failure { _ = try connection.pragmaInteger("journal_mode") }?.code == .mismatch)
        #expect(failure { _ = try connection.pragmaText("user_version") }?.code == .mismatch)
        #expect(try connection.pragma("no_such_pragma") == .null)
    }

    @Test func defensiveRefusesToRewriteTheSchema() throws {
        #expect(try !connection.databaseConfig(.defensive))
        try connection.databaseConfig(.defensive, true)
        #expect(try connection.databaseConfig(.defensive))
        try connection.execute("CREATE TABLE t(a); PRAGMA writable_schema=ON")
        #expect(failure { try connection.execute("DELETE FROM sqlite_schema") } != nil)
    }

    @Test func limitsRefuseWhatIsPastThem() throws {
        let before = try connection.limit(.length, 1_000)
        #expect(before > 1_000)
        #expect(try connection.limit(.length) == 1_000)
        let error = failure { _ = try connection.query("SELECT ?", [.text(String(repeating: "x", count: 2_000))]) }
        #expect(error?.code == .tooBig)
    }

    @Test func countersCount() throws {
        try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        let statement = try connection.prepare("SELECT * FROM t")
        try statement.run()
        #expect(try connection.status(.cacheBytes) > 0)
        #expect(try connection.status(.statementBytes) > 0)
        #expect(try connection.status(.cacheWrites, resetting: true) > 0)
        #expect(try connection.status(.cacheWrites) == 0)
    }

    @Test func aPersistentLogStaysAfterTheLastClose() throws {
        try connection.execute("CREATE TABLE t(a)")
        try connection.setPersistentLog(true)
        try connection.close()
        #expect(directory.size(of: "test.db-wal") != nil)
        let again = try directory.openLog()
        try again.execute("INSERT INTO t VALUES (1)")
        try again.close()
        #expect(directory.size(of: "test.db-wal") == nil)
    }

    @Test func theBusyTimeoutIsInForce() throws {
        try connection.setBusyTimeout(milliseconds: 1_234)
        #expect(try connection.pragmaInteger("busy_timeout") == 1_234)
    }
}
