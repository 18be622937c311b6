import SQLite
import Testing

@Suite struct BackupTests {
    let directory: TemporaryDirectory
    let source: Connection

    init() throws {
        directory = try TemporaryDirectory()
        source = try directory.openLog()
        try source.execute(
            """
            CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
            INSERT INTO t SELECT i, zeroblob(2000) FROM n;
            """)
    }

    private func target() throws -> Connection {
        try Connection(path: "\(directory.path)/copy.db")
    }

    @Test func theCopyIsWhole() throws {
        let copy = try target()
        var steps: [OnlineBackup.Progress] = []
        try source.backup(to: copy, pagesPerStep: 10) { steps.append($0) }
        #expect(steps.count > 10)
        #expect(steps.dropLast().allSatisfy { !$0.isDone && $0.remainingPages > 0 })
        #expect(steps.last?.isDone == true && steps.last?.remainingPages == 0)
        #expect(try copy.query("SELECT count(*), sum(a) FROM t") == [[200, 20_100]])
        #expect(try copy.pragmaText("integrity_check") == "ok")
    }

    @Test func writesThroughTheSourceGoIntoTheCopy() throws {
        let copy = try target()
        let backup = try OnlineBackup(from: source, to: copy)
        #expect(try !backup.step(pages: 10).isDone)
        try source.execute("INSERT INTO t VALUES (201, NULL); UPDATE t SET b = x'07' WHERE a = 1")
        while try !backup.step(pages: 10).isDone {}
        #expect(try copy.query("SELECT count(*) FROM t") == [[201]])
        #expect(try copy.query("SELECT b FROM t WHERE a = 1") == [[.blob([7])]])
        #expect(failure { _ = try backup.step(pages: 1) }?.code == .misuse)
    }

    @Test func aReadTransactionPinsWhatIsCopied() throws {
        let reader = try Connection(path: directory.databasePath, mode: .readOnly)
        try reader.begin(.deferred)
        _ = try reader.query("SELECT 1 FROM t LIMIT 1")
        let copy = try target()
        var written: Int64 = 200
        try reader.backup(to: copy, pagesPerStep: 10) { _ in
            written += 1
            try source.execute("INSERT INTO t VALUES (?, zeroblob(2000))", [.integer(written)])
        }
        #expect(written > 210)
        #expect(try copy.query("SELECT count(*) FROM t") == [[200]])
        #expect(try copy.pragmaText("integrity_check") == "ok")
    }

    @Test func anAbandonedCopyLeavesTheTargetAsItWas() throws {
        struct Stop: Error {}
        let copy = try target()
        try copy.execute("CREATE TABLE mine(a)")
        #expect(throws: Stop.self) { try source.backup(to: copy, pagesPerStep: 5) { _ in throw Stop() } }
        #expect(try copy.query("SELECT name FROM sqlite_schema") == [["mine"]])
    }

    @Test func aLockedTargetIsBusy() throws {
        let copy = try target()
        try copy.execute("CREATE TABLE mine(a)")
        let other = try target()
        try other.begin()
        let backup = try OnlineBackup(from: source, to: copy)
        #expect(try backup.step(pages: 5).isBlocked)
        #expect(failure { try source.backup(to: copy) } != nil)
        try other.rollback()
        while try !backup.step(pages: 50).isDone {}
        #expect(try copy.query("SELECT count(*) FROM t") == [[200]])
    }

    @Test func aTargetInUseIsRefused() throws {
        let copy = try target()
        try copy.execute("CREATE TABLE mine(a)")
        try copy.begin(.deferred)
        _ = try copy.query("SELECT * FROM mine")
        #expect(failure { _ = try OnlineBackup(from: source, to: copy) }?.code == .error)
    }
}
