import SQLite
import Testing

@Suite struct CheckpointTests {
    let directory: TemporaryDirectory
    let connection: Connection

    init() throws {
        directory = try TemporaryDirectory()
        connection = try directory.openLog()
        try connection.execute("CREATE TABLE t(a)")
        try connection.execute("INSERT INTO t VALUES (zeroblob(40000))")
    }

    @Test func passiveCopiesEverythingWhenNobodyReads() throws {
        let result = try connection.checkpoint(.passive)
        #expect(result.logFrames > 10)
        #expect(result.checkpointedFrames == result.logFrames)
        #expect(!result.isBusy)
        #expect(directory.size(of: "test.db-wal") != 0)
    }

    @Test func truncateEmptiesTheLog() throws {
        let result = try connection.checkpoint(.truncate)
        #expect(result == .init(logFrames: 0, checkpointedFrames: 0, isBusy: false))
        #expect(directory.size(of: "test.db-wal") == 0)
    }

    @Test(arguments: [Connection.CheckpointMode.restart, .truncate])
    func aReaderHoldsTheLogBack(_ mode: Connection.CheckpointMode) throws {
        let reader = try Connection(path: directory.databasePath, mode: .readOnly)
        let rows = try reader.prepare("SELECT 1 FROM t UNION ALL SELECT 2 FROM t")
        #expect(try rows.step())
        try connection.execute("INSERT INTO t VALUES (2)")
        let passive = try connection.checkpoint(.passive)
        #expect(!passive.isBusy)
        #expect(passive.checkpointedFrames < passive.logFrames)
        #expect(try connection.checkpoint(mode).isBusy)
        rows.reset()
        #expect(try !connection.checkpoint(mode).isBusy)
    }

    @Test func aTransactionOfOnesOwnIsLocked() throws {
        try connection.transaction {
            try connection.execute("INSERT INTO t VALUES (3)")
            #expect(failure { _ = try connection.checkpoint(.full) }?.code.primary == .locked)
        }
        #expect(try !connection.checkpoint(.full).isBusy)
    }

    @Test func withoutALogThereIsNothing() throws {
        let plain = try Connection(path: Connection.inMemory)
        #expect(try plain.checkpoint(.passive) == .init(logFrames: -1, checkpointedFrames: -1, isBusy: false))
    }

    @Test func theLogHookTellsItsSizeAfterEachCommit() throws {
        var sizes: [Int] = []
        try connection.setLogHook { sizes.append($0) }
        try connection.execute("INSERT INTO t VALUES (1)")
        try connection.transaction { try connection.execute("INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)") }
        #expect(sizes.count == 2)
        #expect(try sizes.last == connection.checkpoint(.passive).logFrames)
        try connection.setLogHook(nil)
        try connection.execute("INSERT INTO t VALUES (4)")
        #expect(sizes.count == 2)
    }
}
