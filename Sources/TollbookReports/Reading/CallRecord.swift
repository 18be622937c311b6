internal import SQLite
internal import TollbookCore

/// One request with its rows as of a journal index, as exports and explanations print it.
struct CallRecord {
    struct Request {
        let id: Int64
        let logIndex: Int64
        let acceptedMicros: Int64
        let organizationID: Int64
        let teamID: Int64
        let projectID: Int64
        let applicationID: Int64?
        let keyID: Int64
        let userSubjectID: Int64?
        let endUserSubjectID: Int64?
        let addressSubjectID: Int64?
        let interaction: String?
        let parentID: Int64?
        let origin: Int64
        let tags: String?
        let endpoint: Int64
        let dialect: Int64
        let routeID: Int64
        let stream: Int64
        let bodyBytes: Int64
        let bodyHash: [UInt8]
        let estimatedInputTokens: Int64
        let heldOutputTokens: Int64
        let revision: Int64
        let traceID: [UInt8]?
    }

    struct Outcome {
        let logIndex: Int64
        let endedMicros: Int64
        let status: Int64
        let endReason: Int64
        let totalNano: Int64?
        let currency: String?
        let openedAfterMicros: Int64?
        let caveat: Int64?
    }

    struct Attempt {
        let ordinal: Int64
        let logIndex: Int64
        let deploymentID: Int64
        let providerID: Int64
        let credentialID: Int64?
        let region: String?
        let regionBasis: Int64?
        let servedModel: String?
        let upstreamRequestID: String?
        let startedMicros: Int64
        let headAfterMicros: Int64?
        let firstTokenAfterMicros: Int64?
        let endedAfterMicros: Int64
        let status: Int64?
        let errorClass: Int64?
        let dispatched: Int64
        let rawUsage: String?
    }

    struct Charge {
        let ordinal: Int64
        let logIndex: Int64
        let attemptOrdinal: Int64?
        let meter: Int64
        let quantity: Int64
        let priceID: Int64?
        let amountNano: Int64?
        let currency: String?
        let usageSource: Int64
        let origin: Int64
        let kind: Int64
        let corrects: Int64?
        let reason: String?
        let usageAtMicros: Int64
        let postingPeriod: Int64
    }

    struct Decision {
        let ordinal: Int64
        let logIndex: Int64
        let stage: Int64
        let policyKind: Int64
        let policyID: Int64?
        let policyVersion: Int64?
        let verdict: Int64
        let mode: Int64
        let reason: Int64
        let limitNano: Int64?
        let spentNano: Int64?
        let heldNano: Int64?
        let askedNano: Int64?
        let deploymentID: Int64?
        let detail: String?
        /// What the figures before are in; nil: they are none of a budget's.
        let unit: BudgetUnit?

        /// A figure as people read it: money as a decimal, a count as it is.
        func text(_ figure: Int64?) -> String? {
            figure.map { unit ?? .money == .money ? NanoAmount(nano: $0).decimalText : String($0) }
        }
    }

    struct Transfer {
        let ordinal: Int64
        let logIndex: Int64
        let kind: Int64
        let code: Int64
        let debitAccountID: Int64
        let creditAccountID: Int64
        let amountNano: Int64
        let chargeOrdinal: Int64?
    }

    /// A body that was streamed.
    struct Upload {
        let logIndex: Int64
        let bodyBytes: Int64
        let bodyHash: [UInt8]
        let whole: Int64
    }

    var request: Request
    var outcome: Outcome?
    var attempts: [Attempt] = []
    var charges: [Charge] = []
    var decisions: [Decision] = []
    var transfers: [Transfer] = []
    /// nil: the body was held whole, or its call is not settled.
    var upload: Upload?
}

extension CallRecord.Request {
    /// From a row of `ExportQueries.requests`.
    init(_ row: Statement) {
        self.init(
            id: row.int64(at: 0), logIndex: row.int64(at: 1), acceptedMicros: row.int64(at: 2),
            organizationID: row.int64(at: 3), teamID: row.int64(at: 4), projectID: row.int64(at: 5),
            applicationID: row.optionalInt64(at: 6), keyID: row.int64(at: 7),
            userSubjectID: row.optionalInt64(at: 8), endUserSubjectID: row.optionalInt64(at: 9),
            addressSubjectID: row.optionalInt64(at: 10), interaction: row.optionalString(at: 11),
            parentID: row.optionalInt64(at: 12), origin: row.int64(at: 13), tags: row.optionalString(at: 14),
            endpoint: row.int64(at: 15), dialect: row.int64(at: 16), routeID: row.int64(at: 17),
            stream: row.int64(at: 18), bodyBytes: row.int64(at: 19), bodyHash: row.bytes(at: 20),
            estimatedInputTokens: row.int64(at: 21), heldOutputTokens: row.int64(at: 22), revision: row.int64(at: 23),
            traceID: row.optionalBytes(at: 24))
    }
}

extension CallRecord.Outcome {
    /// From a row of `ExportQueries.outcomes`.
    init(_ row: Statement) {
        self.init(
            logIndex: row.int64(at: 1), endedMicros: row.int64(at: 2), status: row.int64(at: 3),
            endReason: row.int64(at: 4), totalNano: row.optionalInt64(at: 5), currency: row.optionalString(at: 6),
            openedAfterMicros: row.optionalInt64(at: 7), caveat: row.optionalInt64(at: 8))
    }
}

extension CallRecord.Attempt {
    /// From a row of `ExportQueries.attempts`.
    init(_ row: Statement) {
        self.init(
            ordinal: row.int64(at: 1), logIndex: row.int64(at: 2), deploymentID: row.int64(at: 3),
            providerID: row.int64(at: 4), credentialID: row.optionalInt64(at: 5), region: row.optionalString(at: 6),
            regionBasis: row.optionalInt64(at: 7), servedModel: row.optionalString(at: 8),
            upstreamRequestID: row.optionalString(at: 9), startedMicros: row.int64(at: 10),
            headAfterMicros: row.optionalInt64(at: 11), firstTokenAfterMicros: row.optionalInt64(at: 12),
            endedAfterMicros: row.int64(at: 13), status: row.optionalInt64(at: 14),
            errorClass: row.optionalInt64(at: 15), dispatched: row.int64(at: 16), rawUsage: row.optionalString(at: 17))
    }
}

extension CallRecord.Charge {
    /// From a row of `ExportQueries.charges`.
    init(_ row: Statement) {
        self.init(
            ordinal: row.int64(at: 1), logIndex: row.int64(at: 2), attemptOrdinal: row.optionalInt64(at: 3),
            meter: row.int64(at: 4), quantity: row.int64(at: 5), priceID: row.optionalInt64(at: 6),
            amountNano: row.optionalInt64(at: 7), currency: row.optionalString(at: 8), usageSource: row.int64(at: 9),
            origin: row.int64(at: 10), kind: row.int64(at: 11), corrects: row.optionalInt64(at: 12),
            reason: row.optionalString(at: 13), usageAtMicros: row.int64(at: 14), postingPeriod: row.int64(at: 15))
    }
}

extension CallRecord.Decision {
    /// From a row of `ExportQueries.decisions`.
    init(_ row: Statement) {
        self.init(
            ordinal: row.int64(at: 1), logIndex: row.int64(at: 2), stage: row.int64(at: 3),
            policyKind: row.int64(at: 4), policyID: row.optionalInt64(at: 5), policyVersion: row.optionalInt64(at: 6),
            verdict: row.int64(at: 7), mode: row.int64(at: 8), reason: row.int64(at: 9),
            limitNano: row.optionalInt64(at: 10), spentNano: row.optionalInt64(at: 11),
            heldNano: row.optionalInt64(at: 12), askedNano: row.optionalInt64(at: 13),
            deploymentID: row.optionalInt64(at: 14), detail: row.optionalString(at: 15),
            unit: row.optionalInt64(at: 16).flatMap { BudgetUnit(rawValue: Int($0)) })
    }
}

extension CallRecord.Transfer {
    /// From a row of `ExportQueries.transfers`.
    init(_ row: Statement) {
        self.init(
            ordinal: row.int64(at: 1), logIndex: row.int64(at: 2), kind: row.int64(at: 3), code: row.int64(at: 4),
            debitAccountID: row.int64(at: 5), creditAccountID: row.int64(at: 6), amountNano: row.int64(at: 7),
            chargeOrdinal: row.optionalInt64(at: 8))
    }
}

extension CallRecord.Upload {
    /// From a row of `ExportQueries.uploads`.
    init(_ row: Statement) {
        self.init(
            logIndex: row.int64(at: 1), bodyBytes: row.int64(at: 2), bodyHash: row.bytes(at: 3), whole: row.int64(at: 4)
        )
    }
}
