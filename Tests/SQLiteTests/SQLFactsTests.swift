import SQLite
import Testing

/// What the ledger takes for granted about SQLite itself: if a later version changes one of these, this fails first.
@Suite struct SQLFactsTests {
    let connection: Connection

    init() throws {
        connection = try Connection(path: Connection.inMemory)
        try connection.execute(
            """
            CREATE TABLE entry(id INTEGER PRIMARY KEY, amount_nano INTEGER NOT NULL) STRICT;
            CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
            BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
            INSERT INTO entry VALUES (1, 5);
            """)
    }

    @Test func replaceSlipsPastADeleteGuardUnlessTriggersRecurse() throws {
        try connection.setPragma("recursive_triggers", to: 0)
        try connection.execute("INSERT OR REPLACE INTO entry VALUES (1, 6)")
        #expect(try connection.query("SELECT amount_nano FROM entry") == [[6]])
        try connection.setPragma("recursive_triggers", to: 1)
        let error = failure { try connection.execute("INSERT OR REPLACE INTO entry VALUES (1, 7)") }
        #expect(error?.code == .constraintTrigger)
        #expect(error?.message == "entry is append-only")
        #expect(try connection.query("SELECT amount_nano FROM entry") == [[6]])
    }

    @Test func sumRaisesInsteadOfWrapping() throws {
        try connection.execute("INSERT INTO entry VALUES (2, 9223372036854775807)")
        let error = failure { _ = try connection.query("SELECT sum(amount_nano) FROM entry") }
        #expect(error?.code == .error)
        #expect(error?.message == "integer overflow")
    }

    @Test func additionOutsideSumBecomesRealAndStrictRefusesIt() throws {
        try connection.execute("INSERT INTO entry VALUES (2, 9223372036854775807)")
        #expect(try connection.query("SELECT typeof(amount_nano + 1) FROM entry WHERE id = 2") == [["real"]])
        let error = failure { try connection.execute("UPDATE entry SET amount_nano = amount_nano + 1 WHERE id = 2") }
        #expect(error?.code == .constraintDataType)
    }

    @Test func strictRefusesRealAndTextAndTakesWholeReals() throws {
        #expect(failure { try connection.execute("INSERT INTO entry VALUES (3, 0.5)") }?.code == .constraintDataType)
        #expect(failure { try connection.execute("INSERT INTO entry VALUES (3, 'x')") }?.code == .constraintDataType)
        // Coercion is by affinity first: a text or real that is a whole number goes in as that integer.
        try connection.execute("INSERT INTO entry VALUES (3, '7'), (4, 8.0)")
        let types = try connection.query("SELECT typeof(amount_nano) FROM entry WHERE id > 2")
        #expect(types == [["integer"], ["integer"]])
    }

    @Test func anAbortUndoesItsStatementAndKeepsTheTransaction() throws {
        try connection.begin()
        try connection.execute("INSERT INTO entry VALUES (2, 1)")
        #expect(failure { try connection.execute("DELETE FROM entry") }?.code == .constraintTrigger)
        #expect(connection.isInTransaction)
        try connection.commit()
        #expect(try connection.query("SELECT count(*) FROM entry") == [[2]])
    }
}
