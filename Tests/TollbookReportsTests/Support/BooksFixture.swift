import SQLite
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// A ledger written by the real writer, with a row in every table and a call of every kind.
///
/// On top of `LedgerFixture`: a second team and project, a second organization whose project has the same name,
/// keys bound to an application and a user, a second provider, an unpriced deployment, routes with several targets,
/// budgets, a rate limit, an event and an export.
final class BooksFixture: Sendable {
    let base: LedgerFixture
    let client = CollectingClient()
    private let ids = IDSource()

    /// Keys by id, as the fixture makes them.
    enum Key {
        static let plain: Int64 = 1
        static let ofUser: Int64 = 2
        static let ofAds: Int64 = 3
        static let ofGlobex: Int64 = 4
    }

    var ledger: Ledger { base.ledger }
    var clock: ManualClock { base.clock }
    var databasePath: String { base.directory.path + "/ledger.db" }

    init(clock: ManualClock = ManualClock()) async throws {
        base = try await LedgerFixture(clock: clock)
        try await ledger.administer(.governance, organizationID: 1) { try GovernedRows.install($0) }
        try await ledger.administer(.event, organizationID: 1) { try GovernedRows.installEvent($0) }
        try await ledger.administer(.export, organizationID: 1) { try GovernedRows.installExport($0) }
        _ = try await base.addBudget(scope: .project, limitNano: 900_000_000_000, period: .month)
        _ = try await base.addBudget(scope: .organization, limitNano: 1, period: .day, enforcement: .soft)
        _ = try await base.addBudget(
            scope: .application, limitNano: 900_000_000_000, period: .day, timeZone: "America/New_York")
    }

    /// A reader as `verify` gets one: read-only, PRAGMA allowed.
    func makeReader() throws -> Connection {
        try LedgerConnection.openReader(path: databasePath)
    }

    /// One call of every kind, each at a time of its own; the last one stays open.
    func makeEveryKindOfCall() async throws {
        let first = try call(route: "small", key: Key.plain)
        try await complete(first)
        try await ledger.administer(.event, organizationID: 1) {
            try GovernedRows.installStored($0, requestID: first.request.id)
        }
        clock.advance(byMicros: 16 * 60_000_000)
        try await complete(
            call(route: "small", key: Key.ofUser, endUser: "end-user-7", tags: "env=prod,job=a", isStream: true),
            usage: Usage([.input: 40, .cacheRead: 60, .output: 20, .reasoning: 7]))
        try await complete(call(route: "small", key: Key.ofAds), source: .estimated, endReason: .clientGone)
        clock.advance(byMicros: 3_600_000_000)
        try await complete(call(route: "unpriced", key: Key.ofGlobex))
        try await failOver(call(route: "pair", key: Key.plain))
        try await complete(
            call(route: "pair", key: Key.ofUser), usage: Usage([.input: 5_000, .output: 9_000]))
        try await deny(call(route: "small", key: Key.ofAds))
        try await fail(call(route: "small", key: Key.plain))
        clock.advance(byMicros: 86_400_000_000)
        try await complete(call(route: "small", key: Key.ofGlobex))
        try await open(call(route: "small", key: Key.plain))
    }

    /// A call as the gateway would open it.
    func call(
        route: String, key keyID: Int64, endUser: String? = nil, tags: String? = nil, interaction: String? = nil,
        isStream: Bool = false
    ) throws -> PlannedCall {
        let snapshot = ledger.snapshot
        guard let key = snapshot.keys.values.first(where: { $0.id == keyID }) else { throw FixtureError.noKey }
        let facts = CallFacts(
            routeName: route, estimatedInputTokens: 100, maxOutputTokens: 1_000, choices: 1,
            acceptedMicros: clock.nowMicros())
        guard case .planned(let plan) = Planner.admit(facts, key: key, snapshot: snapshot) else {
            throw FixtureError.notPlanned
        }
        let request = OpenRequest(
            id: ids.next(nowMicros: facts.acceptedMicros), acceptedMicros: facts.acceptedMicros, key: key,
            endUser: endUser, address: "192.0.2.1", interaction: interaction, tags: tags, endpoint: .chatCompletions,
            dialect: .openaiChat, route: plan.route, isStream: isStream, bodyBytes: 200,
            bodyHash: Array(repeating: 7, count: 16), estimatedInputTokens: 100,
            heldOutputTokens: plan.heldOutputTokens, revision: snapshot.revision,
            traceID: Array(repeating: 3, count: 16), decisions: plan.decisions, target: plan.targets.first,
            hold: plan.hold, currency: plan.currency)
        return PlannedCall(request: request, targets: plan.targets)
    }
}

struct PlannedCall: Sendable {
    let request: OpenRequest
    let targets: [PlannedTarget]
}

enum FixtureError: Error {
    case noKey
    case notPlanned
    case refused
}

extension BooksFixture {
    func open(_ call: PlannedCall) async throws {
        guard case .opened = await client.open(call.request, in: ledger) else { throw FixtureError.refused }
    }

    func settle(_ call: PlannedCall, _ attempts: [AttemptRecord], status: Int, endReason: EndReason) async throws {
        let settlement = Settlement(
            request: call.request, attempts: attempts, endedMicros: clock.nowMicros() + 5_000, status: status,
            endReason: endReason, caveat: endReason == .clientGone ? .usageEstimated : nil, openedAfterMicros: 300,
            upload: call.request.isStream
                ? UploadRecord(bodyBytes: 400, bodyHash: Array(repeating: 9, count: 16), isWhole: true) : nil)
        guard case .settled = await client.settle(settlement, in: ledger) else { throw FixtureError.refused }
    }

    func complete(
        _ call: PlannedCall, usage: Usage = Usage([.input: 80, .output: 20]), source: UsageSource = .provider,
        endReason: EndReason = .completed
    ) async throws {
        try await open(call)
        let attempt = attempt(call.targets[0], usage: usage, source: source)
        try await settle(call, [attempt], status: 200, endReason: endReason)
    }

    /// The first target burns tokens and breaks, the second one answers.
    func failOver(_ call: PlannedCall) async throws {
        try await open(call)
        var first = attempt(call.targets[0], usage: Usage([.input: 80]), source: .estimated)
        first.errorClass = .closedMidBody
        let second = attempt(call.targets[1], usage: Usage([.input: 80, .output: 30]), source: .provider)
        try await settle(call, [first, second], status: 200, endReason: .completed)
    }

    /// The provider answers with an error, which costs nothing.
    func fail(_ call: PlannedCall) async throws {
        try await open(call)
        var attempt = attempt(call.targets[0], usage: Usage(), source: .provider)
        attempt.status = 500
        attempt.errorClass = .upstreamStatus
        try await settle(call, [attempt], status: 502, endReason: .error)
    }

    func deny(_ call: PlannedCall) async throws {
        let request = call.request
        let denial = Decision(
            stage: .authorize, policyKind: .project, policyID: request.key.project.id,
            policyVersion: request.key.project.version, verdict: .deny, reason: .routeNotPermitted)
        let denied = OpenRequest(
            id: request.id, acceptedMicros: request.acceptedMicros, key: request.key, endUser: nil, address: nil,
            interaction: nil, tags: nil, endpoint: request.endpoint, dialect: request.dialect, route: request.route,
            isStream: false, bodyBytes: 0, bodyHash: request.bodyHash, estimatedInputTokens: 0, heldOutputTokens: 0,
            revision: request.revision, traceID: nil, decisions: [denial], target: nil, hold: nil, currency: nil)
        guard case .denied = await client.deny(denied, status: 403, in: ledger) else { throw FixtureError.refused }
    }

    private func attempt(_ target: PlannedTarget, usage: Usage, source: UsageSource) -> AttemptRecord {
        AttemptRecord(
            target: target, startedMicros: clock.nowMicros() + 400, headAfterMicros: 900,
            firstTokenAfterMicros: 1_000, endedAfterMicros: 2_000, status: 200, wasDispatched: true,
            servedModel: target.deployment.model + "-2026", upstreamRequestID: "chatcmpl-1", rawUsage: "{}",
            charges: Charging.lines(for: usage, prices: target.prices, source: source))
    }
}
