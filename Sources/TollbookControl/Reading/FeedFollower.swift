internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import TollbookCore
internal import TollbookLedger
internal import TollbookReports

/// Writes the feed to one connection as the journal grows, until the client leaves or the gateway goes down.
///
/// Holds one piece of the feed at a time: a slow reader slows its own reading, not memory.
struct FeedFollower: Sendable {
    let services: ControlServices
    let wish: FeedRequest

    func run(from start: Int64, to writer: inout any ResponseBodyWriter) async throws {
        var cursor = start
        var told = ContinuousClock.now
        try await writer.write(Self.mark(cursor))
        while !isGoingDown {
            let isQuiet = ContinuousClock.now - told >= .seconds(ControlLimits.followQuietSeconds)
            if isQuiet || services.ledger.metrics().logIndex > cursor, let page = try await page(after: cursor) {
                cursor = page.next
                if isQuiet || !page.events.isEmpty {
                    try await writer.write(page.events.isEmpty ? Self.mark(cursor) : Self.text(page))
                    told = .now
                }
                if page.next < page.head { continue }
            }
            try await Task.sleep(for: .milliseconds(ControlLimits.followMillis))
        }
    }

    private var isGoingDown: Bool { services.readiness().contains(.draining) }

    /// nil while every reader is busy: the next look tries again.
    private func page(after cursor: Int64) async throws -> FeedPage? {
        do {
            return try await services.readers.read { [wish] in try wish.page($0, after: cursor) }
        } catch let error as TollbookError where error.code == .readersBusy {
            return nil
        }
    }

    /// Tells how far the feed was read, without an event: clients remember the id.
    private static func mark(_ cursor: Int64) -> ByteBuffer {
        ByteBuffer(string: ":\nid: \(cursor)\n\n")
    }

    /// An id goes with the last event of a command alone, so that whoever goes on after it misses none.
    private static func text(_ page: FeedPage) -> ByteBuffer {
        var buffer = ByteBuffer()
        for (position, event) in page.events.enumerated() {
            let isLast = position + 1 == page.events.count || page.events[position + 1].logIndex != event.logIndex
            if isLast { buffer.writeString("id: \(event.logIndex)\n") }
            buffer.writeString("data: \(event.json.compactText)\n\n")
        }
        return buffer
    }
}

/// Counts those who follow the feed.
final class FollowerCount: Sendable {
    private let count = Mutex(0)

    /// One follower's place, given back once: by `leave`, or when the answer is dropped before it began.
    final class Place: Sendable {
        private let owner: FollowerCount
        private let isLeft = Atomic(false)

        fileprivate init(_ owner: FollowerCount) {
            self.owner = owner
        }

        deinit { leave() }

        func leave() {
            guard !isLeft.exchange(true, ordering: .relaxed) else { return }
            owner.count.withLock { $0 -= 1 }
        }
    }

    /// nil: there are as many as may be.
    func enter() -> Place? {
        let isAdmitted = count.withLock { count in
            guard count < ControlLimits.followers else { return false }
            count += 1
            return true
        }
        return isAdmitted ? Place(self) : nil
    }
}
