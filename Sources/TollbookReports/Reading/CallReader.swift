internal import SQLite

/// Reads requests with their rows as of a journal index, in order of the request's id, a page at a time.
///
/// Between two pages it lets go of the snapshot; rows up to the index never change, so that nothing is lost by it.
struct CallReader {
    private let page: Statement
    private var outcomes: ChildCursor
    private var attempts: ChildCursor
    private var charges: ChildCursor
    private var decisions: ChildCursor
    private var transfers: ChildCursor
    private var uploads: ChildCursor
    private let asOf: Int64

    init(_ connection: Connection, asOf: Int64) throws {
        self.asOf = asOf
        page = try connection.cached(ExportQueries.requests)
        outcomes = ChildCursor(try connection.cached(ExportQueries.outcomes))
        attempts = ChildCursor(try connection.cached(ExportQueries.attempts))
        charges = ChildCursor(try connection.cached(ExportQueries.charges))
        decisions = ChildCursor(try connection.cached(ExportQueries.decisions))
        transfers = ChildCursor(try connection.cached(ExportQueries.transfers))
        uploads = ChildCursor(try connection.cached(ExportQueries.uploads))
    }

    /// Calls `body` for each request accepted in a period.
    mutating func forEachCall(fromMicros: Int64, toMicros: Int64, _ body: (CallRecord) throws -> Void) throws {
        let window = RequestWindow(fromMicros: fromMicros, toMicros: toMicros)
        try page.bind(fromMicros, at: 3)
        try page.bind(toMicros, at: 4)
        var firstID = window.firstID
        while let lastID = try readPage(firstID: firstID, lastID: window.lastID, body) { firstID = lastID + 1 }
    }

    /// The request with this id; nil: there is none.
    mutating func call(id: Int64) throws -> CallRecord? {
        try page.bind(Int64.min, at: 3)
        try page.bind(Int64.max, at: 4)
        var found: CallRecord?
        _ = try readPage(firstID: id, lastID: id) { found = $0 }
        return found
    }

    /// - Returns: the page's last request; nil when there is no further page.
    private mutating func readPage(
        firstID: Int64, lastID: Int64, _ body: (CallRecord) throws -> Void
    ) throws -> Int64? {
        defer { stop() }
        try page.bind(firstID, at: 1)
        try page.bind(lastID, at: 2)
        try page.bind(asOf, at: 5)
        try page.bind(ReportLimits.requestsPerPage, at: 6)
        var count = 0
        var last: Int64?
        while try page.step() {
            let id = page.int64(at: 0)
            if last == nil { try start(firstID: id, lastID: lastID) }
            last = id
            count += 1
            try body(try record(id))
        }
        return count == ReportLimits.requestsPerPage ? last : nil
    }

    private mutating func record(_ id: Int64) throws -> CallRecord {
        var call = CallRecord(request: CallRecord.Request(page))
        try outcomes.forEachRow(of: id) { call.outcome = CallRecord.Outcome($0) }
        try attempts.forEachRow(of: id) { call.attempts.append(CallRecord.Attempt($0)) }
        try charges.forEachRow(of: id) { call.charges.append(CallRecord.Charge($0)) }
        try decisions.forEachRow(of: id) { call.decisions.append(CallRecord.Decision($0)) }
        try transfers.forEachRow(of: id) { call.transfers.append(CallRecord.Transfer($0)) }
        try uploads.forEachRow(of: id) { call.upload = CallRecord.Upload($0) }
        return call
    }

    private mutating func start(firstID: Int64, lastID: Int64) throws {
        try outcomes.start(firstID: firstID, lastID: lastID, asOf: asOf)
        try attempts.start(firstID: firstID, lastID: lastID, asOf: asOf)
        try charges.start(firstID: firstID, lastID: lastID, asOf: asOf)
        try decisions.start(firstID: firstID, lastID: lastID, asOf: asOf)
        try transfers.start(firstID: firstID, lastID: lastID, asOf: asOf)
        try uploads.start(firstID: firstID, lastID: lastID, asOf: asOf)
    }

    private func stop() {
        page.reset()
        outcomes.stop()
        attempts.stop()
        charges.stop()
        decisions.stop()
        transfers.stop()
        uploads.stop()
    }
}
