internal import TollbookCore
internal import TollbookPolicy

/// A row of `transfer` without its key.
struct TransferRow {
    let kind: TransferKind
    let code: TransferCode
    let debitAccountID: Int64
    let creditAccountID: Int64
    let amountNano: Int64
    let chargeOrdinal: Int64?
}

/// A row of `outcome`.
struct OutcomeRow {
    let requestID: RequestID
    let endedMicros: Int64
    let status: Int
    let endReason: EndReason
    let total: NanoAmount?
    let currency: String?
    let openedAfterMicros: Int64?
    let caveat: Caveat?
}

/// A row of `attempt` with its charges, by ids alone so that recovery can make one too.
struct AttemptRow {
    let deploymentID: Int64
    let providerID: Int64
    let credentialID: Int64?
    let region: String?
    let record: AttemptFacts
    let charges: [ChargeLine]
}

/// What happened in an attempt.
struct AttemptFacts {
    let startedMicros: Int64
    let headAfterMicros: Int64?
    let firstTokenAfterMicros: Int64?
    let endedAfterMicros: Int64
    let status: Int?
    let errorClass: ErrorClass?
    let wasDispatched: Bool
    let servedModel: String?
    let upstreamRequestID: String?
    let rawUsage: String?
}

extension AttemptRow {
    init(_ attempt: AttemptRecord) {
        self.init(
            deploymentID: attempt.target.deployment.id, providerID: attempt.target.deployment.provider.id,
            credentialID: attempt.target.credential?.id, region: attempt.target.deployment.region,
            record: AttemptFacts(
                startedMicros: attempt.startedMicros, headAfterMicros: attempt.headAfterMicros,
                firstTokenAfterMicros: attempt.firstTokenAfterMicros,
                endedAfterMicros: max(0, attempt.endedAfterMicros), status: attempt.status,
                errorClass: attempt.errorClass, wasDispatched: attempt.wasDispatched,
                servedModel: attempt.servedModel.map(Bounded.text),
                upstreamRequestID: attempt.upstreamRequestID.map(Bounded.text), rawUsage: attempt.rawUsage),
            charges: attempt.charges)
    }
}

/// Cuts texts from outside to what a row may hold.
enum Bounded {
    static func text(_ text: String) -> String {
        guard text.utf8.count > LedgerLimits.textBytes else { return text }
        return String(decoding: text.utf8.prefix(LedgerLimits.textBytes), as: UTF8.self)
    }
}
