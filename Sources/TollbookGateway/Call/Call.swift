internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// One call from the end of its request to its settlement. Lives on one event loop.
///
/// Outlives its client: the loop's table holds it until the ledger has acknowledged the last command.
final class Call {
    let loop: GatewayLoop
    var intake: CallIntake
    /// The body that goes up while it arrives; nil: it was held whole.
    let upload: Upload?
    /// nil once the client has gone, or has got its answer.
    var front: FrontHandler?
    var machine = CallStateMachine()

    // Opening
    private var ticket: UInt64?
    var planAttempts = 0
    /// The routes that budgets without room have put in place of the one that was asked for.
    var reroutes: [Reroute] = []
    var targets: [PlannedTarget] = []
    var request: OpenRequest?
    /// The request in other dialects; nil until a target needs it.
    lazy var translation = CallTranslation(intake.endpoint, body: intake.body, forwarded: intake.forwarded)
    /// What a denied call is told once its row is durable.
    var denial: GatewayError?
    var openedNanos: UInt64 = 0
    /// What the call left of its rate limits; nil: none applies.
    private(set) var rateStanding: RateStanding?

    // Admission
    var turn = CallTurn.none
    /// Monotonic, when it began to wait for a place.
    var queuedNanos: UInt64 = 0
    /// How long it waited for its place; nil: it did not.
    var waitedMillis: Int64?
    /// Whether it is among the calls without a place that are being recorded.
    var holdsRecordPlace = false

    // Attempting
    var attempts: [AttemptRecord] = []
    var progress: AttemptProgress?
    var connection: UpstreamLink?
    /// Attempts whose target was tried again.
    var repeats = 0
    /// Whether the next attempt needs a new connection.
    var needsNewConnection = false
    /// The attempt's way into the provider's dialect and back; nil: they are the same.
    var crossing: Crossing?
    /// Whether a byte of any attempt may have left.
    var wasDispatched = false
    /// Monotonic, when the first attempt began.
    var upstreamStartNanos: UInt64 = 0
    var upstreamEndNanos: UInt64 = 0
    /// What the caller is told when no target is left.
    var lastFailure: GatewayError?

    // Answering
    var answer: ProviderAnswer?
    /// nil: no head has come, or the answer is not passed on.
    var reader: AnswerReader?
    /// A plain answer's body so far, while it is held whole.
    var held = ByteBuffer()
    /// The newest bytes of a relayed answer, kept back until the commit.
    var withheld: ByteBuffer?
    var isRelaying = false
    /// The endpoint as whose stream an answer that is passed through is read; `passthrough`: its head tells the form.
    var passedAs = Endpoint.passthrough
    /// Whether a plain answer has grown past what can be translated.
    var isTooLarge = false
    /// The provider's terminal event, kept back until the commit.
    var terminalEvent: ByteBuffer?

    /// Whether something of the answer is being recorded: nothing stops the call meanwhile.
    var isRecording = false

    // Settling
    var finale = Finale.nothing
    var outcome = AnswerCode.ok

    // Deadlines
    private(set) var deadlineNanos: UInt64
    private let totalDeadlineNanos: UInt64

    init(loop: GatewayLoop, front: FrontHandler, intake: CallIntake, upload: Upload?) {
        self.loop = loop
        self.front = front
        self.intake = intake
        self.upload = upload
        totalDeadlineNanos = loop.deadline(inMillis: loop.configuration.timeouts.totalMillis)
        deadlineNanos = totalDeadlineNanos
    }

    /// The ticket under which the ledger's answers come; the call is in the loop's table from then on.
    func takeTicket() -> UInt64 {
        if let ticket { return ticket }
        let ticket = loop.add(self)
        self.ticket = ticket
        return ticket
    }

    /// Waits for the next event at most so long, and never past the call's total time.
    func setDeadline(inMillis millis: Int64) {
        deadlineNanos = min(totalDeadlineNanos, loop.deadline(inMillis: millis))
    }

    func clearDeadline() {
        deadlineNanos = .max
    }

    /// Whether the total time is what has run out.
    var isPastTotal: Bool { deadlineNanos >= totalDeadlineNanos }

    // MARK: Events

    func ledgerReplied(_ result: LedgerResult) {
        switch result {
        case .opened(_, let standing):
            rateStanding = standing
            opened()
        case .stale: replan()
        case .rerouted(let reroute): self.reroute(reroute)
        case .refused(let refusal):
            answerWithoutSettlement(.refused(refusal, route: request?.route.name ?? ""))
        case .limited(let refusal): answerWithoutSettlement(.limited(refusal))
        case .denied: answerWithoutSettlement(denial ?? .ledgerUnavailable)
        case .unavailable: answerWithoutSettlement(.ledgerUnavailable, hasRow: false)
        case .settled(let receipt): settled(receipt)
        case .settlementDeferred: settlementDeferred()
        }
    }

    /// The client's connection has closed, or it stopped taking its answer.
    func clientLeft() {
        front = nil
        stop(.clientGone)
    }

    /// The gateway is being stopped.
    func shutDown() {
        stop(.shutdown)
    }

    private func stop(_ reason: CallStateMachine.Stop) {
        if isRecording || reason == .clientGone && intake.stored?.outlivesClient ?? false { return }
        switch machine.stopped(reason) {
        case .nothing: break
        case .settleOnceOpened:
            if reason != .clientGone { answerAhead(reason) }
        case .leaveQueue: leaveQueue(reason)
        case .stopAttemptAndSettle: stopAttempt(reason)
        }
    }

    /// The ledger's answer is not waited for; the call is settled when it comes.
    func answerAhead(_ reason: CallStateMachine.Stop) {
        clearDeadline()
        let error = reason == .shutdown ? GatewayError.shuttingDown : .ledgerUnavailable
        outcome = error.code
        let front = self.front
        self.front = nil
        front?.answer(error, of: nil)
    }

    func timedOut() {
        switch machine.phase {
        case .waiting: queueTimedOut()
        case .opening: stop(.openTimeout)
        case .connecting: giveUp(.connectTimeout)
        case .dispatched: giveUp(isPastTotal ? .totalTimeout : isUploading ? .uploadTimeout : .firstByteTimeout)
        case .answering: giveUp(isPastTotal ? .totalTimeout : .idleTimeout)
        case .settling, .finished: clearDeadline()
        }
    }

    // MARK: End

    /// Ends a call that has no settlement.
    ///
    /// - Parameter hasRow: whether the ledger knows the request.
    func answerWithoutSettlement(_ error: GatewayError, hasRow: Bool = true) {
        if machine.stop == nil { outcome = error.code }
        let front = self.front
        finish()
        front?.answer(error, of: hasRow ? self : nil)
    }

    /// Leaves the loop's table and counts the outcome. The front stays with whoever writes the last bytes.
    func finish() {
        machine.finished()
        clearDeadline()
        front = nil
        leaveGate()
        if let ticket { loop.removeCall(ticket) }
        loop.releaseBody(intake.reservedBytes)
        loop.metrics.count(outcome)
    }
}
