/// What the writer is asked to do on behalf of a call.
enum CallCommand: Sendable {
    case open(OpenRequest)
    case deny(OpenRequest, status: Int)
    case settle(Settlement)
}

/// A call's command with the way back.
struct QueuedCall: Sendable {
    let command: CallCommand
    let client: any LedgerClient
    let ticket: UInt64
}

/// An administrative command: a body that runs inside the writer's transaction.
struct QueuedAdministration: Sendable {
    /// Runs the body in the batch's transaction and journals what it wrote.
    let run: @Sendable (LedgerWriter) throws -> Void
    /// Called after COMMIT with nil, or with what made it fail.
    let finish: @Sendable ((any Error)?) -> Void
}
