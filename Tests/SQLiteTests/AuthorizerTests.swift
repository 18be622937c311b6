import SQLite
import Testing

@Suite struct AuthorizerTests {
    let directory: TemporaryDirectory
    let reader: Connection

    init() throws {
        directory = try TemporaryDirectory()
        let writer = try directory.openLog()
        try writer.execute(
            """
            CREATE TABLE t(a INTEGER, secret TEXT) STRICT;
            CREATE INDEX t_a ON t(a);
            CREATE VIEW v AS SELECT a, secret FROM t;
            INSERT INTO t VALUES (1, 'x');
            """)
        // Opened for writing, so that the authorizer alone is what refuses.
        reader = writer
    }

    @Test(arguments: [
        "PRAGMA wal_checkpoint", "PRAGMA user_version", "PRAGMA query_only=0",
        "ATTACH ':memory:' AS other", "DETACH main", "VACUUM", "VACUUM INTO '/nonexistent/copy'",
        "INSERT INTO t(a) VALUES (2)", "UPDATE t SET a = 2", "DELETE FROM t", "CREATE TABLE u(a)",
        "CREATE TEMP TABLE u(a)", "DROP TABLE t", "DROP VIEW v",
        "ALTER TABLE t ADD COLUMN c", "REINDEX t_a", "ANALYZE",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
    ])
    func readersAreDenied(_ sql: String) throws {
        try reader.setAuthorizer { $0.readerVerdict }
        #expect(failure { _ = try reader.query(sql) }?.code == .authorization)
    }

    @Test(arguments: [
        "SELECT * FROM pragma_table_info('t')", "SELECT load_extension('x')", "SELECT fts3_tokenizer('simple')",
    ])
    func readersAreDeniedWithTheGeneralCode(_ sql: String) throws {
        try reader.setAuthorizer { $0.readerVerdict }
        let error = failure { _ = try reader.query(sql) }
        #expect(error?.code == .error)
        #expect(error?.message.hasPrefix("not authorized") == true)
    }

    @Test func readersReadInTransactions() throws {
        try reader.setAuthorizer { $0.readerVerdict }
        try reader.begin(.deferred)
        #expect(try reader.query("SELECT sum(a), upper(secret) FROM v") == [[1, "X"]])
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)"
        let recursive = "\(numbers) SELECT sum(i) FROM n"
        #expect(try reader.query(recursive) == [[6]])
        #expect(try reader.query("SELECT count(*) FROM sqlite_schema") == [[3]])
        try reader.savepoint()
        try reader.release()
        try reader.rollback()
    }

    @Test func actionsAreTyped() throws {
        var actions: [AuthorizedAction] = []
        try reader.setAuthorizer { action in
            actions.append(action)
            return .allow
        }
        _ = try reader.prepare("SELECT secret FROM v")
        #expect(actions.contains(.init(kind: .select)))
        #expect(actions.contains(.init(kind: .read(table: "t", column: "secret"), database: "main", cause: "v")))
        actions = []
        try reader.execute("UPDATE t SET a = abs(3); PRAGMA cache_size=-100; ATTACH ':memory:' AS o; SAVEPOINT s")
        for kind: AuthorizedAction.Kind in [
            .update(table: "t", column: "a"), .function("abs"), .pragma(name: "cache_size", argument: "-100"),
            .attach(file: ":memory:"), .savepoint(operation: "BEGIN", name: "s"),
        ] {
            #expect(actions.contains { $0.kind == kind }, "\(kind)")
        }
    }

    @Test func ignoredColumnsReadAsNull() throws {
        try reader.setAuthorizer { action in
            if case .read(_, "secret") = action.kind { return .ignore }
            return .allow
        }
        #expect(try reader.query("SELECT a, secret FROM t") == [[1, nil]])
        try reader.setAuthorizer(nil)
        #expect(try reader.query("SELECT a, secret FROM t") == [[1, "x"]])
    }
}
