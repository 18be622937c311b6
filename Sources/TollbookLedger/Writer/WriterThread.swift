internal import Foundation

/// The one thread that owns the writing connection. `@unchecked Sendable`: `start` and `join` are each called once,
/// in that order, by the ledger that owns it.
final class WriterThread: @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)

    /// Hands the loop over and runs it until its queue is closed.
    func start(_ loop: sending WriterLoop) {
        let handover = Handover(loop)
        let thread = Thread { [ended] in
            handover.take()?.run()
            ended.signal()
        }
        thread.name = "ledger-writer"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Waits until the loop has ended.
    func join() {
        ended.wait()
        ended.signal()
    }
}

/// Passes the loop to the thread. `@unchecked Sendable`: the starting thread writes before the new one reads, and never
/// touches it again.
private final class Handover: @unchecked Sendable {
    private var loop: WriterLoop?

    init(_ loop: sending WriterLoop) {
        self.loop = loop
    }

    func take() -> WriterLoop? {
        defer { loop = nil }
        return loop
    }
}
