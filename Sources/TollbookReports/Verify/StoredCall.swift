internal import SQLite
internal import TollbookCore

/// One request with everything that the ledger has of it, as the walk reads it; the memory is used again.
struct StoredCall {
    struct Request {
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
        let routeID: Int64
        let revision: Int64
        let tags: String?
        let estimatedInputTokens: Int64
        let heldOutputTokens: Int64
    }

    struct Decision {
        let ordinal: Int64
        let logIndex: Int64
        let policyKind: Int64
        let policyID: Int64?
        let policyVersion: Int64?
        let verdict: Int64
        let deploymentID: Int64?
    }

    struct Attempt {
        let ordinal: Int64
        let logIndex: Int64
        let deploymentID: Int64
        let providerID: Int64
        let credentialID: Int64?
        let startedMicros: Int64
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
        let isEstimated: Bool
        let usageAtMicros: Int64

        /// Whether it counts tokens of the prompt.
        var isInput: Bool { (1...7).contains(meter) }
        /// Whether it counts tokens of the answer.
        var isOutput: Bool { (8...11).contains(meter) }
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

    struct Outcome {
        let logIndex: Int64
        let endReason: Int64
        let totalNano: Int64?
        let currency: String?
    }

    struct Upload {
        let logIndex: Int64
    }

    struct Hold {
        let amountNano: Int64?
        let currency: String?
    }

    var id: Int64 = 0
    var request: Request?
    var outcome: Outcome?
    var upload: Upload?
    var hold: Hold?
    var decisions: [Decision] = []
    var attempts: [Attempt] = []
    var charges: [Charge] = []
    var transfers: [Transfer] = []

    /// The id for a person.
    var text: String { id >= 0 ? RequestID(rawValue: id).text : String(id) }

    mutating func begin(_ id: Int64) {
        self.id = id
        request = nil
        outcome = nil
        upload = nil
        hold = nil
        decisions.removeAll(keepingCapacity: true)
        attempts.removeAll(keepingCapacity: true)
        charges.removeAll(keepingCapacity: true)
        transfers.removeAll(keepingCapacity: true)
    }

    func attempt(_ ordinal: Int64?) -> Attempt? {
        attempts.first { $0.ordinal == ordinal }
    }
}
