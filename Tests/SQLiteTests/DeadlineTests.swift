import SQLite
import Testing

@Suite struct DeadlineTests {
    static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test func aHandlerEndsAQueryThatWouldNotEnd() throws {
        let connection = try Connection(path: Connection.inMemory)
        var asked = 0
        try connection.setProgressHandler(everyInstructions: 100) {
            asked += 1
            return asked == 10
        }
        #expect(failure { _ = try connection.query(Self.endless) }?.code == .interrupt)
        #expect(asked == 10)
        try connection.setProgressHandler(nil)
        #expect(try connection.query("SELECT 1") == [[1]])
    }

    @Test func aDeadlineEndsAQueryWhenTheClockPassesIt() throws {
        let connection = try Connection(path: Connection.inMemory)
        let start = ContinuousClock.now
        var looks = 0
        try connection.setProgressDeadline(start + .seconds(5)) {
            looks += 1
            return start + .seconds(looks)
        }
        #expect(failure { _ = try connection.query(Self.endless) }?.code == .interrupt)
        #expect(looks == 5)
        try connection.setProgressDeadline(nil)
        let long = Self.endless.replacing("FROM n)", with: "FROM n WHERE i < 9999)")
        #expect(try connection.query(long) == [[9999]])
        #expect(looks == 5)
    }

    @Test func theRealClockIsTheDefault() throws {
        let connection = try Connection(path: Connection.inMemory)
        try connection.setProgressDeadline(.now + .milliseconds(20))
        #expect(failure { _ = try connection.query(Self.endless) }?.code == .interrupt)
    }

    @Test func anotherThreadInterrupts() async throws {
        let connection = try Connection(path: Connection.inMemory)
        let interrupter = connection.interrupter
        // The query itself says that it runs, so that the interrupt cannot come before it.
        try connection.createFunction("now_running", argumentCount: 0) { _ in
            Task.detached { interrupter.interrupt() }
            return 1
        }
        let query = Self.endless.replacing("SELECT 1", with: "SELECT now_running()")
        let error = failure { _ = try connection.query(query) }
        #expect(error?.code == .interrupt)
    }

    @Test func anInterruptedWriteTakesItsTransactionWithIt() throws {
        let connection = try Connection(path: Connection.inMemory)
        try connection.execute("CREATE TABLE t(a)")
        try connection.begin()
        try connection.execute("INSERT INTO t VALUES (1)")
        try connection.setProgressHandler(everyInstructions: 100) { true }
        #expect(failure { try connection.execute("INSERT INTO t \(Self.endless)") }?.code == .interrupt)
        #expect(!connection.isInTransaction)
        try connection.setProgressHandler(nil)
        try connection.rollback()
        #expect(try connection.query("SELECT count(*) FROM t") == [[0]])
    }

    @Test func interruptingAnIdleConnectionDoesNothing() throws {
        let connection = try Connection(path: Connection.inMemory)
        connection.interrupter.interrupt()
        #expect(try connection.query("SELECT 1") == [[1]])
    }
}
