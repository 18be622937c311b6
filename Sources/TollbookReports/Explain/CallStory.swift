internal import TollbookCore

/// A request's rows with everything that they name, ready to be told.
struct CallStory {
    let call: CallRecord
    var lookups: ExplainLookups
    private var subjects: SubjectNames

    init(call: CallRecord, lookups: ExplainLookups) {
        self.call = call
        self.lookups = lookups
        subjects = lookups.names.subjects
    }

    var names: CallNames { lookups.names }
    var id: String { RequestID(rawValue: max(0, call.request.id)).text }
    var state: String { call.outcome == nil ? "open" : "settled" }

    /// A person's or address's value as of now.
    mutating func subject(_ id: Int64?) throws -> String? {
        try subjects.value(id)
    }

    func model(_ attempt: CallRecord.Attempt) -> String? {
        names.history.model(deploymentID: attempt.deploymentID, revision: call.request.revision)
    }

    /// The journal indexes of the request's commands, ascending.
    var logIndexes: [Int64] {
        var indexes: Set = [call.request.logIndex]
        if let outcome = call.outcome { indexes.insert(outcome.logIndex) }
        indexes.formUnion(call.decisions.map(\.logIndex))
        indexes.formUnion(call.attempts.map(\.logIndex))
        indexes.formUnion(call.charges.map(\.logIndex))
        indexes.formUnion(call.transfers.map(\.logIndex))
        return indexes.sorted()
    }

    /// A price as people quote it: units of currency for a million, with six decimals.
    static func perMillion(picoPerUnit: Int64) -> String {
        // One unit of currency a million is 1,000,000 pico a unit.
        let fraction = String(picoPerUnit % 1_000_000)
        return "\(picoPerUnit / 1_000_000)." + String(repeating: "0", count: max(0, 6 - fraction.count)) + fraction
    }
}

extension Optional where Wrapped == Int64 {
    /// An amount as a decimal; nil stays nil.
    var decimalText: String? { map { NanoAmount(nano: $0).decimalText } }
    /// A time as RFC 3339; nil stays nil.
    var timeText: String? { map { CivilTime.text(micros: $0) } }
}
