internal import Synchronization

/// Counts the requests in progress and says when the last one is done.
final class ControlActivity: Sendable {
    private struct State {
        var active = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let idle = AsyncStream<Never>.makeStream()

    /// A request begins; false once the server goes down.
    func enter() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.active += 1
            return true
        }
    }

    /// A request has been answered.
    func leave() {
        let isIdle = state.withLock { state in
            state.active -= 1
            return state.isClosed && state.active == 0
        }
        if isIdle { idle.continuation.finish() }
    }

    /// Admits no more requests and waits for those in progress, at most `limit`.
    func drain(atMost limit: Duration) async {
        let isIdle = state.withLock { state in
            state.isClosed = true
            return state.active == 0
        }
        guard !isIdle else { return }
        let stream = idle.stream
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            // Cancelled as soon as the last request is done.
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
