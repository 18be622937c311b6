internal import SQLite
internal import TollbookCore

/// Where the columns that the checks need stand in the leaf's order; looked up once.
struct CallColumns {
    private let request: [Int]
    private let decision: [Int]
    private let attempt: [Int]
    private let charge: [Int]
    private let transfer: [Int]
    private let outcome: [Int]
    private let upload: [Int]

    init(_ layout: LeafLayout) {
        func positions(_ table: String, _ columns: String) -> [Int] {
            columns.split(separator: " ").map { layout[table].position(of: String($0)) }
        }
        request = positions(
            "request",
            "log_index accepted_micros organization_id team_id project_id application_id api_key_id user_subject_id "
                + "end_user_subject_id address_subject_id route_id revision tags estimated_input_tokens "
                + "held_output_tokens")
        decision = positions(
            "decision", "ordinal log_index policy_kind policy_id policy_version verdict deployment_id")
        attempt = positions(
            "attempt", "ordinal log_index deployment_id provider_id credential_id started_micros")
        charge = positions(
            "charge",
            "ordinal log_index attempt_ordinal meter quantity price_id amount_nano currency usage_source "
                + "usage_at_micros")
        transfer = positions(
            "transfer",
            "ordinal log_index kind code debit_account_id credit_account_id amount_nano charge_ordinal")
        outcome = positions("outcome", "log_index end_reason total_nano currency")
        upload = positions("upload", "log_index")
    }

    func request(_ row: Statement) -> StoredCall.Request {
        StoredCall.Request(
            logIndex: row.int64(at: request[0]), acceptedMicros: row.int64(at: request[1]),
            organizationID: row.int64(at: request[2]), teamID: row.int64(at: request[3]),
            projectID: row.int64(at: request[4]), applicationID: row.optionalInt64(at: request[5]),
            keyID: row.int64(at: request[6]), userSubjectID: row.optionalInt64(at: request[7]),
            endUserSubjectID: row.optionalInt64(at: request[8]), addressSubjectID: row.optionalInt64(at: request[9]),
            routeID: row.int64(at: request[10]), revision: row.int64(at: request[11]),
            tags: row.optionalString(at: request[12]), estimatedInputTokens: row.int64(at: request[13]),
            heldOutputTokens: row.int64(at: request[14]))
    }

    func decision(_ row: Statement) -> StoredCall.Decision {
        StoredCall.Decision(
            ordinal: row.int64(at: decision[0]), logIndex: row.int64(at: decision[1]),
            policyKind: row.int64(at: decision[2]), policyID: row.optionalInt64(at: decision[3]),
            policyVersion: row.optionalInt64(at: decision[4]), verdict: row.int64(at: decision[5]),
            deploymentID: row.optionalInt64(at: decision[6]))
    }

    func attempt(_ row: Statement) -> StoredCall.Attempt {
        StoredCall.Attempt(
            ordinal: row.int64(at: attempt[0]), logIndex: row.int64(at: attempt[1]),
            deploymentID: row.int64(at: attempt[2]), providerID: row.int64(at: attempt[3]),
            credentialID: row.optionalInt64(at: attempt[4]), startedMicros: row.int64(at: attempt[5]))
    }

    func charge(_ row: Statement) -> StoredCall.Charge {
        StoredCall.Charge(
            ordinal: row.int64(at: charge[0]), logIndex: row.int64(at: charge[1]),
            attemptOrdinal: row.optionalInt64(at: charge[2]), meter: row.int64(at: charge[3]),
            quantity: row.int64(at: charge[4]), priceID: row.optionalInt64(at: charge[5]),
            amountNano: row.optionalInt64(at: charge[6]), currency: row.optionalString(at: charge[7]),
            isEstimated: row.int64(at: charge[8]) == Int64(UsageSource.estimated.rawValue),
            usageAtMicros: row.int64(at: charge[9]))
    }

    func transfer(_ row: Statement) -> StoredCall.Transfer {
        StoredCall.Transfer(
            ordinal: row.int64(at: transfer[0]), logIndex: row.int64(at: transfer[1]),
            kind: row.int64(at: transfer[2]), code: row.int64(at: transfer[3]),
            debitAccountID: row.int64(at: transfer[4]), creditAccountID: row.int64(at: transfer[5]),
            amountNano: row.int64(at: transfer[6]), chargeOrdinal: row.optionalInt64(at: transfer[7]))
    }

    func outcome(_ row: Statement) -> StoredCall.Outcome {
        StoredCall.Outcome(
            logIndex: row.int64(at: outcome[0]), endReason: row.int64(at: outcome[1]),
            totalNano: row.optionalInt64(at: outcome[2]), currency: row.optionalString(at: outcome[3]))
    }

    func upload(_ row: Statement) -> StoredCall.Upload {
        StoredCall.Upload(logIndex: row.int64(at: upload[0]))
    }
}
