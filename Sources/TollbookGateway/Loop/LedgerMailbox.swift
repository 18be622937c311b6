internal import NIOCore
internal import TollbookLedger

/// Brings the writer's answers to an event loop: one hop for all answers of a batch.
final class LedgerMailbox: LedgerClient {
    private let eventLoop: any EventLoop
    private let deliver: @Sendable ([LedgerReply]) -> Void

    /// - Parameter deliver: called on the event loop.
    init(eventLoop: any EventLoop, deliver: @escaping @Sendable ([LedgerReply]) -> Void) {
        self.eventLoop = eventLoop
        self.deliver = deliver
    }

    func complete(_ replies: [LedgerReply]) {
        eventLoop.execute { [deliver] in deliver(replies) }
    }
}
