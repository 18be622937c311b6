internal import SQLite

/// Walks the rows of a table keyed by (request, ordinal) beside a walk of the requests themselves.
///
/// The statement has three parameters, first and last request id and the as-of index, returns rows in order of the
/// key, and its first column is the request's id.
struct ChildCursor {
    private let statement: Statement
    private var currentID: Int64 = .max

    init(_ statement: Statement) {
        self.statement = statement
    }

    /// Stands before the rows of a range of requests, both ends inclusive.
    mutating func start(firstID: Int64, lastID: Int64, asOf: Int64) throws {
        statement.reset()
        try statement.bind(firstID, at: 1)
        try statement.bind(lastID, at: 2)
        try statement.bind(asOf, at: 3)
        try advance()
    }

    /// Calls `body` for each row of a request; the requests come in ascending order.
    mutating func forEachRow(of requestID: Int64, _ body: (Statement) throws -> Void) throws {
        while currentID < requestID { try advance() }
        while currentID == requestID {
            try body(statement)
            try advance()
        }
    }

    /// Lets go of the snapshot.
    func stop() {
        statement.reset()
    }

    private mutating func advance() throws {
        currentID = try statement.step() ? statement.int64(at: 0) : .max
    }
}
