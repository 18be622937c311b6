internal import Hummingbird
package import TollbookCore
package import TollbookReports

/// `GET /api/v1/requests/{id}/explanation`: the whole story of one request.
struct ExplanationRoute: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.get("requests/:id/explanation") { request, context in
            let items = try request.query(["as_of", "format"])
            let format = try ReportFormat(query: items["format"])
            let asOf = try items.integer("as_of")
            let id = try TollbookCore.RequestID(parsing: context.parameters.get("id") ?? "")
            let explanation = try await services.readers.read { try Explain.run($0, id, asOf: asOf) }
            try await services.recorder.record(
                .init(.explanationRead, objectKind: "request", objectID: id.rawValue, address: context.callerAddress))
            return Response.bytes(
                explanation.rendered(format, recorded: true),
                mediaType: format == .json ? format.mediaType : ReportFormat.table.mediaType)
        }
    }
}

extension TollbookCore.RequestID {
    /// The id of a text of a person's.
    ///
    /// - Throws: `request_unknown`, because no request has such an id.
    package init(parsing text: String) throws {
        guard let id = TollbookCore.RequestID(text: text) else {
            throw TollbookError(
                .requestUnknown, "`\(TextTable.printable(String(text.prefix(64))))` is not a request id",
                hint: "use the id of the x-tollbook-request-id header, such as req_01jd3kz9v0004")
        }
        self = id
    }
}

extension Explanation {
    /// The story in a format; JSON says whether the ledger has an event for the read.
    package func rendered(_ format: ReportFormat, recorded: Bool) -> [UInt8] {
        Array((format == .json ? json.with(recorded: recorded).text : text).utf8)
    }
}
