internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// Everything that one event loop of the data plane shares between its connections: no locks, no hops.
///
/// `@unchecked Sendable` because closures that NIO runs on this loop carry it; every member but the constants is
/// touched on `eventLoop` only, which the entrances check.
final class GatewayLoop: @unchecked Sendable {
    let eventLoop: any EventLoop
    let configuration: GatewayConfiguration
    let ledger: any CallLedger
    let credentials: CredentialStore
    let pool: UpstreamPool
    /// Records files and batches; nil: the ledger records none.
    let storage: StoredService?
    /// Bounds the calls in flight of all event loops.
    let gate: CallGate
    /// The loop's share of the bounds on the whole process.
    private let connectionLimit: Int
    private let bodyBytesLimit: Int
    private let recordLimit: Int

    private(set) var mailbox: LedgerMailbox?
    private var ids: RequestIDGenerator
    private let bodyHasher: BodyHasher
    private(set) var fronts: [FrontHandler] = []
    private var calls = CallTable()
    private var bodyBytes = 0
    /// Calls without a place that are being recorded.
    private var records = 0
    /// The gate's counters of the projects that called here.
    private var places: [Int64: ProjectPlaces] = [:]
    private(set) var isDraining = false
    var metrics = GatewayMetrics()
    /// Monotonic time of the last tick or event that read the clock, in nanoseconds: exact enough for deadlines.
    private(set) var coarseNanos = NIODeadline.now().uptimeNanoseconds

    init(
        eventLoop: any EventLoop, node: Int, loopCount: Int, configuration: GatewayConfiguration,
        ledger: any CallLedger, credentials: CredentialStore, pool: UpstreamPool, gate: CallGate,
        storage: StoredService? = nil
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.ledger = ledger
        self.credentials = credentials
        self.pool = pool
        self.gate = gate
        self.storage = storage
        connectionLimit = max(1, configuration.sizes.clientConnections / loopCount)
        bodyBytesLimit = max(configuration.sizes.bodyBytes, configuration.sizes.bodiesInFlightBytes / loopCount)
        recordLimit = max(1, GatewayLimits.recordsAtOnce / loopCount)
        ids = RequestIDGenerator(node: node, after: ledger.newestRequestID)
        bodyHasher = ledger.makeBodyHasher()
        mailbox = LedgerMailbox(eventLoop: eventLoop) { [weak self] replies in self?.deliver(replies) }
    }

    // MARK: Time

    /// The second that `dateText` stands for, and the text.
    private var dateSecond: Int64 = .min
    private var dateText = ""

    /// The `date` header's value now; made once a second.
    var httpDate: String {
        let micros = configuration.clock.nowMicros()
        if micros / 1_000_000 != dateSecond {
            dateSecond = micros / 1_000_000
            dateText = UTCTime(micros: micros).httpDate
        }
        return dateText
    }

    /// Monotonic nanoseconds, read now.
    func readNanos() -> UInt64 {
        coarseNanos = NIODeadline.now().uptimeNanoseconds
        return coarseNanos
    }

    /// A deadline some milliseconds after the coarse time.
    func deadline(inMillis millis: Int64) -> UInt64 {
        coarseNanos &+ UInt64(millis) &* 1_000_000
    }

    /// Looks at every deadline of the loop. Runs every `GatewayLimits.tickMillis`.
    func tick() {
        eventLoop.preconditionInEventLoop()
        let now = readNanos()
        // Timing out removes a front by moving the last one into its place; both are looked at, going down.
        for index in fronts.indices.reversed() where index < fronts.count && fronts[index].deadlineNanos <= now {
            fronts[index].timedOut()
        }
        if calls.count > 0 {
            for call in calls.all where call.deadlineNanos <= now { call.timedOut() }
        }
        pool.tick(nowNanos: now)
    }

    // MARK: Connections

    /// Adds a client connection; false: the limit is reached.
    func add(_ front: FrontHandler) -> Bool {
        guard fronts.count < connectionLimit else { return false }
        front.index = fronts.count
        fronts.append(front)
        return true
    }

    func remove(_ front: FrontHandler) {
        guard front.index < fronts.count, fronts[front.index] === front else { return }
        let last = fronts.removeLast()
        guard last !== front else { return }
        fronts[front.index] = last
        last.index = front.index
    }

    // MARK: Bodies

    /// Reserves room for bytes of a request body; false: the loop holds too many.
    func reserveBody(_ count: Int) -> Bool {
        guard bodyBytes + count <= bodyBytesLimit else { return false }
        bodyBytes += count
        return true
    }

    func releaseBody(_ count: Int) {
        bodyBytes -= count
    }

    /// A hasher for the next body.
    func makeBodyHasher() -> BodyHasher { bodyHasher }

    // MARK: Calls

    func nextID(nowMicros: Int64) -> RequestID { ids.next(nowMicros: nowMicros) }

    func add(_ call: Call) -> UInt64 {
        calls.insert(call)
    }

    func removeCall(_ ticket: UInt64) {
        calls.remove(ticket)
    }

    /// The gate's counter of a project.
    func places(of projectID: Int64) -> ProjectPlaces {
        if let known = places[projectID] { return known }
        let made = gate.places(of: projectID)
        places[projectID] = made
        return made
    }

    /// The gate's answer to a call that waits.
    func gateAnswered(_ ticket: UInt64, _ answer: CallGate.Answer) {
        eventLoop.preconditionInEventLoop()
        if let call = calls[ticket] { return call.gateAnswered(answer) }
        if case .admitted(let places) = answer { gate.leave(places) }
    }

    /// Takes a place for a call that is only to be recorded; false: there are too many.
    func takeRecordPlace() -> Bool {
        guard records < recordLimit else { return false }
        records += 1
        return true
    }

    func giveRecordPlaceBack() {
        records -= 1
    }

    private func deliver(_ replies: [LedgerReply]) {
        eventLoop.preconditionInEventLoop()
        _ = readNanos()
        for reply in replies { calls[reply.ticket]?.ledgerReplied(reply.result) }
    }

    // MARK: Shutdown

    /// Closes idle connections; busy ones close after their answer.
    func beginDrain() {
        isDraining = true
        for front in fronts { front.drain() }
    }

    /// Ends every call that still runs. Their settlements go on.
    func cutCalls() {
        for call in calls.all { call.shutDown() }
        for front in fronts where front.call == nil { front.close() }
    }

    /// Calls that are not settled.
    var openCalls: Int { calls.count }

    /// Whether no call runs and no request arrives.
    var isQuiet: Bool { calls.count == 0 && fronts.allSatisfy(\.isQuiet) }

    /// Closes what is left.
    func closeAll() {
        for front in fronts { front.close() }
        pool.closeAll()
    }

    /// This loop's share of the metrics.
    func snapshotMetrics() -> GatewayMetrics {
        var snapshot = metrics
        snapshot.activeCalls = calls.count
        snapshot.upstreamConnects = pool.connects
        snapshot.upstreamConnectFailures = pool.connectFailures
        snapshot.clientConnections = fronts.count
        snapshot.busyUpstreamConnections = pool.busyCount
        snapshot.idleUpstreamConnections = pool.idleCount
        return snapshot
    }
}
