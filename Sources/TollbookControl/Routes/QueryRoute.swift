internal import Hummingbird
internal import TollbookReports

/// `POST /api/v1/query`: one SQL statement that only reads. The event keeps its shape, without the values in it.
struct QueryRoute: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.post("query") { request, context in
            let format = try ReportFormat(query: try request.query(["format"])["format"])
            let body = try await request.decoded(QueryRequest.self)
            let runner = try body.makeRunner()
            let result = try await services.readers.read { try runner.run($0, body.sql) }
            let detail = ReportJSON.members([
                "sql": .string(SQLShape.shape(of: body.sql)), "rows": .integer(Int64(result.rows.count)),
            ])
            try await services.recorder.record(
                .init(.queryRun, detail: detail.compactText, address: context.callerAddress))
            return Response.bytes(result.rendered(format, recorded: true), mediaType: format.mediaType)
        }
    }
}

extension QueryRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
