internal import Foundation
internal import TollbookControl
internal import TollbookCore
internal import TollbookLedger

/// Prints new events, over as many connections as it takes.
struct EventFollower: Sendable {
    let request: FeedRequest
    let format: EventFormat
    let connection: ConnectionOptions

    /// The server sends something every 15 s; after so many without a byte the connection is taken for gone.
    private static let quietSeconds: Int64 = 45
    /// Between two tries to connect.
    private static let retryWait = Duration.seconds(1)

    /// Goes on until it is cancelled.
    ///
    /// - Throws: what the first try runs into; later what a retry cannot help, such as a wrong token.
    func run() async throws {
        var stream = EventStreamReader(after: request.after)
        var isConnected = false
        while !Task.isCancelled {
            do {
                try await connect(&stream)
                note("the server ended the connection; connecting again", once: &isConnected)
            } catch let error as TollbookError where stream.hasBegun && Self.isPassing(error.code) {
                note("\(error.message); trying again", once: &isConnected)
            }
            if stream.takeHadEvent() { isConnected = false }
            try await Task.sleep(for: Self.retryWait)
        }
    }

    private func connect(_ stream: inout EventStreamReader) async throws {
        stream.beginConnection()
        let query = [("follow", "true")] + request.query(after: stream.cursor)
        try await connection.withClient(quietSeconds: Self.quietSeconds) { client in
            try await client.download("/api/v1/events", query: query) { bytes in
                for json in stream.take(bytes) { StandardOutput.write(format.line(json)) }
            }
        }
    }

    private func note(_ text: String, once wasTold: inout Bool) {
        guard !wasTold else { return }
        wasTold = true
        StandardError.write("note: \(text)\n")
    }

    private static func isPassing(_ code: TollbookError.Code) -> Bool {
        [
            .serverUnreachable, .shuttingDown, .readersBusy, .ledgerUnavailable, .overloaded, .tooManyFollowers,
            .internalError,
        ].contains(code)
    }
}

/// Takes the server's event stream apart, whatever pieces it comes in.
///
/// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, of which the server sends `id`, `data` and
/// comments, lines ended by a line feed.
struct EventStreamReader {
    /// Where to go on after; nil before the server has said.
    private(set) var cursor: Int64?
    /// Whether a server has answered.
    private(set) var hasBegun = false
    private var hadEvent = false
    private var line: [UInt8] = []
    private var data: [String] = []
    private var id: Int64?

    init(after: Int64?) {
        cursor = after
    }

    /// Forgets an event that broke off.
    mutating func beginConnection() {
        line = []
        data = []
        id = nil
    }

    /// Whether something has come since the last call.
    mutating func takeHadEvent() -> Bool {
        defer { hadEvent = false }
        return hadEvent
    }

    /// The events that are whole with these bytes; the cursor is behind them.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        hasBegun = true
        hadEvent = true
        var events: [String] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.isEmpty { end(&events) } else { field(String(decoding: line, as: UTF8.self)) }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func field(_ text: String) {
        if text.hasPrefix("data: ") { data.append(String(text.dropFirst(6))) }
        if text.hasPrefix("id: ") { id = Int64(text.dropFirst(4)) }
    }

    private mutating func end(_ events: inout [String]) {
        if !data.isEmpty { events.append(data.joined(separator: "\n")) }
        if let id { cursor = id }
        data = []
        id = nil
    }
}
