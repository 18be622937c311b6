internal import Synchronization
package import TollbookLedger

/// A ledger client that hands each answer to the task that waits for it.
package final class CollectingClient: LedgerClient {
    private let state = Mutex(State())

    private struct State {
        var nextTicket: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<LedgerResult, Never>] = [:]
    }

    package init() {}

    /// Resumes the tasks that wait for these tickets; called on the writer's thread.
    package func complete(_ replies: [LedgerReply]) {
        for reply in replies {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: reply.ticket) }
            continuation?.resume(returning: reply.result)
        }
    }

    /// Opens a request and waits for the answer; `.unavailable` when it was refused at once.
    package func open(_ request: OpenRequest, in ledger: Ledger) async -> LedgerResult {
        await ask { ledger.submit(open: request, client: self, ticket: $0) }
    }

    /// Records a denial and waits for the answer.
    package func deny(_ request: OpenRequest, status: Int, in ledger: Ledger) async -> LedgerResult {
        await ask { ledger.submit(deny: request, status: status, client: self, ticket: $0) }
    }

    /// Settles a request and waits for the answer.
    package func settle(_ settlement: Settlement, in ledger: Ledger) async -> LedgerResult {
        await ask {
            ledger.submit(settle: settlement, client: self, ticket: $0)
            return true
        }
    }

    private func ask(_ submit: (UInt64) -> Bool) async -> LedgerResult {
        await withCheckedContinuation { continuation in
            let ticket = state.withLock { state in
                state.nextTicket += 1
                state.waiting[state.nextTicket] = continuation
                return state.nextTicket
            }
            if !submit(ticket) {
                state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: .unavailable)
            }
        }
    }
}
