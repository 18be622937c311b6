internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// The attempt under way: what its row will say.
struct AttemptProgress {
    let target: PlannedTarget
    let startedMicros: Int64
    private let startedNanos: UInt64
    private(set) var headAfterMicros: Int64?
    private(set) var firstTokenAfterMicros: Int64?
    private(set) var status: Int?
    var wasDispatched = false
    var upstreamRequestID: String?

    init(target: PlannedTarget, startedMicros: Int64, startedNanos: UInt64) {
        self.target = target
        self.startedMicros = startedMicros
        self.startedNanos = startedNanos
    }

    mutating func headArrived(status: Int, nanos: UInt64) {
        self.status = status
        headAfterMicros = micros(until: nanos)
    }

    mutating func contentArrived(nanos: UInt64) {
        if firstTokenAfterMicros == nil { firstTokenAfterMicros = micros(until: nanos) }
    }

    /// What it is charged by: the prices in force at its start.
    func terms(of intake: CallIntake) -> AttemptTerms {
        var terms = AttemptTerms(
            estimatedInputTokens: intake.estimatedInputTokens, heldOutputTokens: target.heldOutputTokens,
            prices: target.deployment.prices.prices(atMicros: startedMicros))
        terms.isCharged = intake.endpoint.isCharged
        if intake.endpoint.isFreeUnlessPriced, let unit = intake.endpoint.unit {
            terms.isCharged = terms.prices.map { Charging.canCharge(unit, hasOutput: false, prices: $0) } ?? false
        }
        if let unit = intake.endpoint.unit {
            terms.unit = UnitTerms(
                meter: unit, asked: intake.units, isExact: intake.endpoint.isUnitExact,
                tokens: intake.endpoint.tokenMeters)
        }
        return terms
    }

    /// The row of an attempt that has ended.
    func record(nanos: UInt64, errorClass: ErrorClass?, charges: [ChargeLine]) -> AttemptRecord {
        AttemptRecord(
            target: target, startedMicros: startedMicros, headAfterMicros: headAfterMicros,
            firstTokenAfterMicros: firstTokenAfterMicros, endedAfterMicros: micros(until: nanos), status: status,
            errorClass: errorClass, wasDispatched: wasDispatched, upstreamRequestID: upstreamRequestID,
            charges: charges)
    }

    private func micros(until nanos: UInt64) -> Int64 {
        nanos > startedNanos ? Int64((nanos - startedNanos) / 1_000) : 0
    }
}
