package import ArgumentParser
internal import Foundation
internal import SQLite
internal import TollbookControl
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookReports

/// `tollbook events`.
package struct EventsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "What happened, in journal order: audit events and refused requests.",
        discussion: """
            The number of a line is its journal index; --after goes on behind it. --follow prints new events until \
            SIGINT or SIGTERM, also across restarts of the server: none is left out, and one may come twice.

            \(ExitStatus.help)
            """)

    @Flag(help: "Go on with new events; without --after and --since with those from now on alone.")
    var follow = false
    @Option(help: "Only events after this journal index.")
    var after: Int64?
    @Option(help: "Only events from this time on: 2026-11-05 or 2026-11-05T10:00:00Z.")
    var since: String?
    @Option(help: "Only this type, for example budget.updated, budget.* or request.denied; may be repeated.")
    var type: [String] = []
    @Option(help: "How to print: table, or json with one CloudEvent a line.")
    var format = EventFormat.table
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let request = FeedRequest(after: after, since: since, types: type)
        try request.check()
        guard follow else { return try await list(request) }
        guard reading.data == nil else {
            throw TollbookError(
                .invalidSetting, "--follow and --data do not go together", hint: "leave one of the two out")
        }
        let follower = EventFollower(request: request, format: format, connection: reading.connection)
        let stop = StopSignals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follower.run() }
            group.addTask { await stop.wait() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Everything up to the index that was the newest at the beginning.
    private func list(_ request: FeedRequest) async throws {
        try await reading.read { connection in
            var (cursor, head) = (try request.cursor(connection), Int64.max)
            while cursor < head {
                let page = try request.page(connection, after: cursor)
                if head == .max { head = page.head }
                for event in page.events where event.logIndex <= head { write(event.json.compactText) }
                cursor = page.next
            }
        } server: { client in
            var (cursor, head) = (after, Int64.max)
            while (cursor ?? -1) < head {
                let page = try EventPage(
                    await client.get("/api/v1/events", query: request.query(after: cursor)))
                if head == .max { head = page.head }
                for event in page.events where event.logIndex <= head { write(event.json) }
                cursor = page.next
            }
        }
    }

    private func write(_ json: String) {
        StandardOutput.write(format.line(json))
    }
}

/// How events are printed.
enum EventFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json

    /// One event as a line.
    ///
    /// - Parameter json: a CloudEvent.
    func line(_ json: String) -> String {
        self == .json ? json + "\n" : EventLine.text(json) + "\n"
    }
}
