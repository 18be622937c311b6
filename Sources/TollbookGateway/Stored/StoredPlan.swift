internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// A call about a file or batch, once it is known whose it is and where.
struct StoredPlan: Sendable {
    /// What is recorded of a success before the caller gets it.
    enum Recording: Sendable {
        case nothing
        /// A new file: its purpose, its size as it went up, and what its lines ask for.
        case file(purpose: String, bytes: Int64, lines: BatchLines?)
        /// The file is no more.
        case deletion(StoredFile)
        /// A new batch of a file's lines.
        case creation(StoredFile)
        /// How far a batch is, and its settlement when it has ended.
        case batch(StoredBatch)
    }

    /// What the caller is told of as the model.
    let routeName: String
    let pin: StoredPin
    let line: PassedLine
    /// In place of the request's body; nil: it goes up as it came.
    var body: ByteBuffer?
    let recording: Recording

    /// Whether a success is read whole, because something of it is recorded.
    var isRecorded: Bool {
        if case .nothing = recording { return false }
        return true
    }

    /// Whether the call goes on when its client leaves: what it makes at the provider must not be lost.
    var outlivesClient: Bool {
        switch recording {
        case .file, .creation: true
        case .nothing, .deletion, .batch: false
        }
    }

    /// Whether a success leaves its request open, to be settled when the batch has ended.
    var staysOpen: Bool {
        if case .creation = recording { return true }
        return false
    }
}

/// What the gateway's own rules make of a call about files or batches.
enum StoredDecision: Sendable {
    /// The gateway answers by itself.
    case answer(ByteBuffer)
    case refusal(GatewayError)
    case plan(StoredPlan)
}
