internal import Synchronization
internal import TollbookControl
internal import TollbookLedger

/// Where the process is between its start and its end; `/readyz` reads it.
final class ServePhase: Sendable {
    private enum Phase {
        case starting, running, draining
    }

    private let phase = Mutex(Phase.starting)
    private let ledger: Ledger

    init(ledger: Ledger) {
        self.ledger = ledger
    }

    func didStart() {
        phase.withLock { $0 = .running }
    }

    func willDrain() {
        phase.withLock { $0 = .draining }
    }

    /// Why no call is taken now; empty: calls are taken.
    var faults: [ReadinessFault] {
        let own: [ReadinessFault] =
            switch phase.withLock({ $0 }) {
            case .starting: [.starting]
            case .running: []
            case .draining: [.draining]
            }
        return own + (ledger.isReady ? [] : [.ledgerCannotCommit])
    }
}
