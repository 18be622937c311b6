import SQLite
import Testing

@Suite struct ErrorTests {
    let connection: Connection

    init() throws {
        connection = try Connection(path: Connection.inMemory)
        try connection.execute(
            """
            CREATE TABLE parent(id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE t(
                u INTEGER UNIQUE,
                n INTEGER NOT NULL DEFAULT 0,
                c INTEGER CHECK (c >= 0),
                s TEXT,
                p INTEGER REFERENCES parent
            ) STRICT;
            CREATE TRIGGER guard BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'row is append-only'); END;
            INSERT INTO t(u) VALUES (1);
            """)
        try connection.setPragma("foreign_keys", to: 1)
    }

    @Test(arguments: [
        ("INSERT INTO t(u) VALUES (1)", ResultCode.constraintUnique),
        ("INSERT INTO t(n) VALUES (NULL)", .constraintNotNull),
        ("INSERT INTO t(c) VALUES (-1)", .constraintCheck),
        ("INSERT INTO t(u) VALUES ('text')", .constraintDataType),
        ("INSERT INTO t(u) VALUES (1.5)", .constraintDataType),
        ("INSERT INTO t(p) VALUES (7)", .constraintForeignKey),
        ("DELETE FROM t", .constraintTrigger),
        ("SELECT missing FROM t", .error),
    ])
    func eachRefusalHasItsCode(_ sql: String, _ code: ResultCode) {
        let error = failure { try connection.execute(sql) }
        #expect(error?.code == code)
        #expect(error?.code.primary == (code == .error ? .error : .constraint))
    }

    @Test func aRaiseKeepsItsMessage() {
        let error = failure { try connection.execute("DELETE FROM t") }
        #expect(error?.message == "row is append-only")
        #expect(error?.description == "SQLITE_CONSTRAINT_TRIGGER: row is append-only")
    }

    @Test func descriptionsHoldNeitherBoundValuesNorSQLText() {
        let secret = "tb-secret-value"
        let sql = "INSERT INTO t(u, s) VALUES (1, ?) RETURNING 'tail'"
        let error = failure { try connection.execute(sql, [.text(secret)]) }
        #expect(error?.code == .constraintUnique)
        #expect(error?.sql == sql)
        #expect(error.map { "\($0)" }?.contains(secret) == false)
        #expect(error.map { "\($0)" }?.contains("tail") == false)
        #expect(
            failure { try connection.execute("INSERT INTO t(u) VALUES (?)", [.text(secret)]) }
                .map { "\($0)" }?.contains(secret) == false)
    }

    @Test func offsetsPointIntoTheText() {
        let error = failure { _ = try connection.prepare("SELECT u,\n missing FROM t") }
        #expect(error?.offset == 11)
        #expect(error?.description.contains("at byte 11") == true)
        #expect(failure { try connection.execute("DELETE FROM t") }?.offset == nil)
    }

    @Test func anUnknownKindIsNamedAfterItsFamily() {
        #expect(ResultCode(rawValue: 10 | 99 << 8).name == "SQLITE_IOERR(25354)")
        #expect(ResultCode(rawValue: 10 | 99 << 8).primary == .ioError)
        #expect(ResultCode(rawValue: 2067) == .constraintUnique)
        #expect("\(ResultCode.busySnapshot)" == "SQLITE_BUSY_SNAPSHOT")
    }

    @Test func aFullDiskIsKnownByCodeOrByErrno() {
        #expect(SQLiteError(code: .full, message: "").isDiskFull)
        #expect(SQLiteError(code: .ioErrorFsync, message: "", systemErrno: 28).isDiskFull)
        #expect(!SQLiteError(code: .ioErrorFsync, message: "", systemErrno: 5).isDiskFull)
        #expect(!SQLiteError(code: .busy, message: "", systemErrno: 28).isDiskFull)
    }
}
