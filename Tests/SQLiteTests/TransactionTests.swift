import SQLite
import Testing

@Suite struct TransactionTests {
    struct Refused: Error {}

    let directory: TemporaryDirectory
    let connection: Connection

    init() throws {
        directory = try TemporaryDirectory()
        connection = try directory.openLog()
        try connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT")
    }

    private func insert(_ value: Int) throws {
        let statement = try connection.cached("INSERT INTO t VALUES (?)")
        try statement.bind(value, at: 1)
        try statement.run()
    }

    // Apart from its callers: the compiler (6.3.1) mixes up closures that a macro holds inside another closure.
    private func insertAndRefuse(_ value: Int) throws {
        #expect(throws: Refused.self) {
            try connection.withSavepoint {
                try insert(value)
                throw Refused()
            }
        }
    }

    private func stored() throws -> [Int64] {
        try connection.prepare("SELECT a FROM t ORDER BY a").map { $0.int64(at: 0) }
    }

    @Test func commitsWhatReturnsAndUndoesWhatThrows() throws {
        #expect(
            try connection.transaction {
                try insert(1)
                return "done"
            } == "done")
        #expect(throws: Refused.self) {
            try connection.transaction {
                try insert(2)
                throw Refused()
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try stored() == [1])
    }

    @Test func savepointsNestAndUndoOnlyTheirOwn() throws {
        try connection.transaction {
            try insert(1)
            try connection.withSavepoint {
                try insert(2)
                try insertAndRefuse(3)
                try insert(4)
            }
            try insertAndRefuse(5)
        }
        #expect(try stored() == [1, 2, 4])
    }

    @Test func primitivesDoTheSame() throws {
        try connection.begin()
        #expect(connection.isInTransaction)
        try connection.savepoint()
        try insert(1)
        try connection.rollbackToSavepoint()
        try connection.release()
        try connection.savepoint()
        try insert(2)
        try connection.release()
        try connection.commit()
        try connection.begin(.deferred)
        try insert(3)
        try connection.rollback()
        try connection.rollback()
        #expect(try stored() == [2])
    }

    @Test func aFailedCommandLeavesTheBatchOpen() throws {
        try connection.transaction {
            try insert(1)
            #expect(failure { try connection.withSavepoint { try insert(1) } }?.code == .constraintPrimaryKey)
            #expect(connection.isInTransaction)
            try insert(2)
        }
        #expect(try stored() == [1, 2])
    }

    @Test func aFailedCommitRollsBack() throws {
        try connection.setPragma("foreign_keys", to: 1)
        try connection.execute("CREATE TABLE child(a REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
        let error = failure {
            try connection.transaction { try connection.execute("INSERT INTO child VALUES (9)") }
        }
        #expect(error?.code == .constraintForeignKey)
        #expect(!connection.isInTransaction)
    }

    @Test func aSecondWriterIsBusy() throws {
        let second = try directory.openLog()
        try connection.begin()
        #expect(failure { try second.begin() }?.code == .busy)
        #expect(failure { try second.begin() }?.hint != nil)
        try connection.commit()
        try second.begin()
        try second.rollback()
    }

    @Test func aStaleReaderCannotBecomeAWriter() throws {
        let second = try directory.openLog()
        try second.begin(.deferred)
        _ = try second.query("SELECT count(*) FROM t")
        try insert(1)
        #expect(failure { try second.execute("INSERT INTO t VALUES (2)") }?.code == .busySnapshot)
        #expect(try second.query("SELECT count(*) FROM t") == [[0]])
    }

    @Test func aFullDatabaseSaysSoAndKeepsWhatWasCommitted() throws {
        try connection.execute("CREATE TABLE big(b BLOB) STRICT")
        try insert(1)
        let pages = try connection.pragmaInteger("page_count")
        try connection.setPragma("max_page_count", to: .integer(pages + 8))
        let error = failure {
            try connection.transaction { try connection.execute("INSERT INTO big VALUES (zeroblob(1000000))") }
        }
        #expect(error?.code == .full)
        #expect(error?.isDiskFull == true)
        #expect(!connection.isInTransaction)
        try insert(2)
        #expect(try stored() == [1, 2])
    }
}
