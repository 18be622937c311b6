import SQLite
import Testing

/// A connection that gathers its writes to the WAL.
@Suite struct GatheredWritesTests {
    let directory: TemporaryDirectory
    let connection: Connection

    init() throws {
        directory = try TemporaryDirectory()
        connection = try Connection(path: directory.databasePath, gathersWrites: true)
        try connection.setPragma("journal_mode", to: .word("wal"))
        try connection.setPragma("synchronous", to: 2)
        try connection.setPragma("wal_autocheckpoint", to: 0)
        try connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
    }

    private func reader() throws -> Connection {
        try Connection(path: directory.databasePath, mode: .readOnly)
    }

    @Test func everyCommitIsInTheFileAtOnce() throws {
        let reader = try reader()
        for row in 1...50 {
            try connection.execute("INSERT INTO t VALUES (?, zeroblob(9000))", [.integer(Int64(row))])
            let seen = try reader.query("SELECT count(*), sum(length(b)) FROM t")
            #expect(seen == [[.integer(Int64(row)), .integer(Int64(row * 9_000))]])
        }
        #expect(try reader.query("PRAGMA integrity_check") == [["ok"]])
    }

    /// More than one buffer, pages that leave the cache before the commit, and pages written twice.
    @Test func aTransactionLargerThanCacheAndBufferIsWhole() throws {
        try connection.execute("PRAGMA cache_size = 10")
        try connection.transaction {
            for row in 1...300 {
                try connection.execute("INSERT INTO t VALUES (?, randomblob(3000))", [.integer(Int64(row))])
            }
            try connection.execute("UPDATE t SET b = zeroblob(3000) WHERE a % 3 = 0")
        }
        let reader = try reader()
        #expect(try reader.query("SELECT count(*), sum(length(b)) FROM t") == [[300, 900_000]])
        #expect(try reader.query("SELECT count(*) FROM t WHERE b = zeroblob(3000)") == [[100]])
        #expect(try reader.query("PRAGMA integrity_check") == [["ok"]])
        #expect(try connection.checkpoint(.truncate) == .init(logFrames: 0, checkpointedFrames: 0, isBusy: false))
        #expect(try reader.query("SELECT count(*) FROM t") == [[300]])
    }

    @Test func aRolledBackTransactionLeavesNothing() throws {
        try connection.execute("PRAGMA cache_size = 10")
        try connection.execute("INSERT INTO t VALUES (1, zeroblob(100))")
        try connection.begin(.immediate)
        for row in 2...200 {
            try connection.execute("INSERT INTO t VALUES (?, randomblob(3000))", [.integer(Int64(row))])
        }
        try connection.rollback()
        try connection.execute("INSERT INTO t VALUES (2, zeroblob(100))")
        let reader = try reader()
        #expect(try reader.query("SELECT a, length(b) FROM t ORDER BY a") == [[1, 100], [2, 100]])
        #expect(try reader.query("PRAGMA integrity_check") == [["ok"]])
    }

    /// What a crash leaves is what another process finds: the files as they are, without a word from this connection.
    @Test func theLogAloneRestoresWhatWasCommitted() throws {
        for row in 1...20 {
            try connection.execute("INSERT INTO t VALUES (?, zeroblob(5000))", [.integer(Int64(row))])
        }
        let copy = try TemporaryDirectory()
        try directory.copyFile("test.db", to: copy)
        try directory.copyFile("test.db-wal", to: copy)
        let restored = try Connection(path: copy.databasePath)
        #expect(try restored.query("SELECT count(*), sum(length(b)) FROM t") == [[20, 100_000]])
    }
}
