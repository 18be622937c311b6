internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TollbookCore
internal import TollbookReports

/// `GET /api/v1/events`: audit events and refused requests in journal order, a piece at a time or followed.
struct EventRoutes: Sendable {
    let services: ControlServices
    private let followers = FollowerCount()

    init(services: ControlServices) {
        self.services = services
    }

    func add(to api: RouterGroup<ControlContext>) {
        api.get("events") { request, context in
            let items = try request.query(["after", "since", "limit", "type", "follow"])
            let wish = FeedRequest(
                after: try items.integer("after"), since: items["since"],
                limit: try items.integer("limit").map { Int(clamping: $0) },
                types: (items["type"] ?? "").split(separator: ",").map(String.init))
            try wish.check()
            guard items["follow"] != "true" else {
                let last = HTTPField.Name("last-event-id").flatMap { request.headers[$0] }.flatMap { Int64($0) }
                return try await follow(wish, lastSeen: last, address: context.callerAddress)
            }
            let (cursor, page) = try await services.readers.read { connection in
                let cursor = try wish.cursor(connection)
                return (cursor, try wish.page(connection, after: cursor))
            }
            // Whoever reads on until nothing comes would else read of its own reading for ever.
            if page.events.contains(where: { $0.type != AuditAction.eventsRead.rawValue }) {
                let read: [ReportJSON.Member] = [
                    .init("next", .integer(page.next)), .init("events", .integer(Int64(page.events.count))),
                ]
                try await record(wish, after: cursor, read, address: context.callerAddress)
            }
            return Response.bytes(Array(page.json.compactText.utf8), mediaType: "application/json")
        }
    }

    /// Server-sent events; the id of one is the index to go on after.
    ///
    /// - Parameter lastSeen: what a browser that connects again says it has seen; wins over the wish.
    private func follow(_ wish: FeedRequest, lastSeen: Int64?, address: String?) async throws -> Response {
        guard let place = followers.enter() else {
            throw TollbookError(
                .tooManyFollowers, "too many connections follow the events", hint: "end one, or read without follow")
        }
        let start = try await services.readers.read { connection in
            let isFromNow = wish.after == nil && wish.since == nil
            let cursor = try lastSeen ?? (isFromNow ? LedgerHead.index(connection) : wish.cursor(connection))
            return cursor < 0 ? cursor : try LedgerHead.asOf(cursor, connection)
        }
        try await record(wish, after: start, [.init("follow", .bool(true))], address: address)
        let follower = FeedFollower(services: services, wish: wish)
        let body = ResponseBody { writer in
            defer { place.leave() }
            try await follower.run(from: start, to: &writer)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// The answer waits for its event: what is read is recorded, or not read.
    private func record(
        _ wish: FeedRequest, after: Int64, _ more: [ReportJSON.Member], address: String?
    ) async throws {
        let detail = ReportJSON.object(
            [.init("after", .integer(after)), .init("types", .array(wish.types.map { .string($0) }))] + more)
        try await services.recorder.record(.init(.eventsRead, detail: detail.compactText, address: address))
    }
}
