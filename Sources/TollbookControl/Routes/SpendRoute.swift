internal import Hummingbird
internal import TollbookCore
internal import TollbookReports

/// `GET /api/v1/reports/spend`: what was spent, by any dimensions.
struct SpendRoute: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.get("reports/spend") { request, context in
            let items = try request.query(["from", "to", "tz", "by", "basis", "as_of", "format"])
            let format = try ReportFormat(query: items["format"])
            let wish = SpendRequest(
                period: .init(from: items["from"], to: items["to"], timeZone: items["tz"]),
                dimensions: (items["by"] ?? "").split(separator: ",").map(String.init), basis: items["basis"],
                asOf: try items.integer("as_of"))
            let now = services.clock.nowMicros()
            let result = try await services.readers.read { try wish.run($0, nowMicros: now) }
            try await record(result, address: context.callerAddress)
            return Response.bytes(result.rendered(format, recorded: true), mediaType: format.mediaType)
        }
    }

    /// The answer waits for its event: what is read is recorded, or not read.
    private func record(_ result: SpendResult, address: String?) async throws {
        let detail = ReportJSON.members([
            "report": "spend",
            "by": .array(result.dimensions.map { .string($0.rawValue) }),
            "from_micros": .integer(result.fromMicros), "to_micros": .integer(result.toMicros),
            "as_of_index": .integer(result.asOfIndex), "rows": .integer(Int64(result.rows.count)),
        ])
        try await services.recorder.record(.init(.reportRead, detail: detail.compactText, address: address))
    }
}
