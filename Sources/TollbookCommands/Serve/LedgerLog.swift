internal import Logging
internal import TollbookLedger

/// Puts the ledger's notices into the log.
enum LedgerLog {
    static func report(_ notice: LedgerNotice, to logger: Logger) {
        logger.log(
            level: level(notice.kind), "\(text(notice.kind))",
            metadata: ["code": "\(notice.kind.rawValue)", "detail": "\(notice.message)"])
    }

    private static func level(_ kind: LedgerNotice.Kind) -> Logger.Level {
        switch kind {
        case .readyAgain, .recovered: .notice
        case .checkpointFailed: .warning
        case .commandFailed, .commitFailed, .settlementsLeft: .error
        }
    }

    private static func text(_ kind: LedgerNotice.Kind) -> String {
        switch kind {
        case .readyAgain: "The ledger commits again"
        case .recovered: "Closed what a crash had left open"
        case .checkpointFailed: "A checkpoint failed"
        case .commandFailed: "A command of the ledger failed"
        case .commitFailed: "The ledger cannot commit; calls are refused until it can"
        case .settlementsLeft: "Settlements could not be committed; the next start closes them"
        }
    }
}
