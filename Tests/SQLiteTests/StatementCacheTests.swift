import SQLite
import Testing

@Suite struct StatementCacheTests {
    let connection: Connection
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        connection = try directory.openLog()
    }

    private func numbers() throws -> Statement {
        try connection.cached("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
    }

    @Test func oneLiteralIsPreparedOnce() throws {
        #expect(try numbers() === numbers())
        #expect(try connection.cached("SELECT 1") !== connection.cached("SELECT 2"))
    }

    @Test func reuseWhileSteppingDisturbsNeither() throws {
        var pairs: [[Int64]] = []
        try numbers().forEachRow { outer in
            let left = outer.int64(at: 0)
            try numbers().forEachRow { inner in pairs.append([left, inner.int64(at: 0)]) }
        }
        #expect(pairs == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]])
    }

    @Test func aStatementLeftOnARowIsNamed() throws {
        let statement = try numbers()
        #expect(try statement.step())
        #expect(connection.busyStatements == [statement.sql])
        statement.reset()
        #expect(connection.busyStatements.isEmpty)
    }

    @Test func aSchemaChangeIsFollowed() throws {
        try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        let all: () throws -> [Value]? = { try connection.cached("SELECT * FROM t").first { $0.values } }
        #expect(try all() == [1])
        try connection.execute("ALTER TABLE t ADD COLUMN b DEFAULT 2")
        #expect(try all() == [1, 2])
    }

    @Test func closeLetsGoOfCachedStatements() throws {
        _ = try numbers().first { $0.int64(at: 0) }
        try connection.close()
        #expect(failure { _ = try numbers() }?.code == .misuse)
    }

    @Test func growsPastItsFirstSize() throws {
        let literals: [StaticString] = [
            "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 5", "SELECT 6", "SELECT 7", "SELECT 8",
            "SELECT 9", "SELECT 10", "SELECT 11", "SELECT 12", "SELECT 13", "SELECT 14", "SELECT 15", "SELECT 16",
            "SELECT 17", "SELECT 18", "SELECT 19", "SELECT 20", "SELECT 21", "SELECT 22", "SELECT 23", "SELECT 24",
        ]
        let first = try literals.map { try connection.cached($0) }
        for (index, literal) in literals.enumerated() {
            let again = try connection.cached(literal)
            #expect(again === first[index])
            #expect(try again.first { $0.int(at: 0) } == index + 1)
        }
    }
}
