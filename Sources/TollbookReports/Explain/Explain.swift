package import SQLite
package import TollbookCore

/// The whole story of one request.
package enum Explain {
    /// Reads it on a connection that only reads, with names as of the index.
    ///
    /// - Throws: `request_unknown`, `as_of_unknown`.
    package static func run(
        _ connection: Connection, _ id: RequestID, asOf wanted: Int64? = nil
    ) throws -> Explanation {
        let asOf = try LedgerHead.asOf(wanted, connection)
        var reader = try CallReader(connection, asOf: asOf)
        guard let call = try reader.call(id: id.rawValue) else {
            throw TollbookError(
                .requestUnknown, "there is no request \(id.text)",
                hint: "Use the id of the x-tollbook-request-id header; denied floods are counted, not kept one by one.")
        }
        let names = try CallNames(asOf: asOf, connection: connection)
        var story = CallStory(call: call, lookups: ExplainLookups(connection: connection, names: names))
        return Explanation(json: try story.json(asOf: asOf), text: try story.text(asOf: asOf))
    }
}

/// One request, told as JSON and as text.
package struct Explanation: Sendable {
    package let json: ReportJSON
    /// For a terminal; control characters of callers' texts are made visible.
    package let text: String
}
