internal import SQLite
internal import TollbookCore

/// Something that an operator should see in the log; never holds a prompt, a key or an SQL argument.
package struct LedgerNotice: Sendable {
    /// What happened.
    package enum Kind: String, Sendable {
        /// One command failed; the others of its batch are durable.
        case commandFailed = "command_failed"
        /// A batch could not commit; the ledger is not ready.
        case commitFailed = "commit_failed"
        /// The ledger commits again.
        case readyAgain = "ready_again"
        /// A checkpoint failed; the WAL grows until one succeeds.
        case checkpointFailed = "checkpoint_failed"
        /// The process ends with settlements that could not commit; the next start closes them from their holds.
        case settlementsLeft = "settlements_left"
        /// Requests that a crash had left open were closed at start.
        case recovered = "recovered"
    }

    package let kind: Kind
    package let message: String

    init(_ kind: Kind, _ error: (any Error)?) {
        self.kind = kind
        switch error {
        case let error as SQLiteError: message = error.description + (error.hint.map { ". Hint: " + $0 } ?? "")
        case let error as TollbookError: message = error.description
        case .some: message = "unexpected error"
        case .none: message = ""
        }
    }

    init(_ kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }
}
