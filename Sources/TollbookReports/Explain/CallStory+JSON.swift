internal import TollbookCore

extension CallStory {
    /// Names and ids, decisions, attempts, charges, transfers, outcome and journal rows.
    mutating func json(asOf: Int64) throws -> ReportJSON {
        let stored = try StoredStory(requestID: call.request.id, asOf: asOf, lookups.connection)
        return .object([
            .init("request_id", .string(id)),
            .init("as_of_index", .integer(asOf)),
            .init("state", .string(state)),
            .init("who", try who()),
            .init("asked", asked),
            .init("upload", upload),
            .init("decisions", .array(try call.decisions.map(json))),
            .init("hold", hold),
            .init("attempts", .array(call.attempts.map(json))),
            .init("charges", .array(try call.charges.map(json))),
            .init("transfers", .array(try call.transfers.map(json))),
            .init("outcome", outcome),
            .init("batch", stored.batchJSON),
            .init("files", stored.filesJSON),
            .init("journal", .array(try logIndexes.compactMap { try lookups.journal($0).map(json) })),
        ])
    }

    private mutating func who() throws -> ReportJSON {
        let request = call.request
        return .members([
            "organization": .optional(names.organizations.name(request.organizationID)),
            "organization_id": .integer(request.organizationID),
            "team": .optional(names.teams.name(request.teamID)),
            "team_id": .integer(request.teamID),
            "project": .optional(names.projects.name(request.projectID)),
            "project_id": .integer(request.projectID),
            "application": .optional(names.applications.name(request.applicationID)),
            "application_id": .optional(request.applicationID),
            "key": .optional(names.keys.name(request.keyID)),
            "key_id": .integer(request.keyID),
            "user": .optional(try subject(request.userSubjectID)),
            "end_user": .optional(try subject(request.endUserSubjectID)),
            "address": .optional(try subject(request.addressSubjectID)),
            "interaction": .optional(request.interaction),
            "parent": .optional(request.parentID.map { RequestID(rawValue: max(0, $0)).text }),
            "tags": .optional(request.tags),
        ])
    }

    private var asked: ReportJSON {
        let request = call.request
        return .members([
            "accepted_at": .string(CivilTime.text(micros: request.acceptedMicros)),
            "origin": .optional(CodeNames.origin[request.origin]),
            "endpoint": .optional(CodeNames.endpoint[request.endpoint]),
            "dialect": .optional(CodeNames.dialect[request.dialect]),
            "route": .optional(names.routes.name(request.routeID)),
            "route_id": .integer(request.routeID),
            "stream": .bool(request.stream != 0),
            "body_bytes": .integer(request.bodyBytes),
            "body_hash": .string(Hexadecimal.text(request.bodyHash)),
            "estimated_input_tokens": .integer(request.estimatedInputTokens),
            "held_output_tokens": .integer(request.heldOutputTokens),
            "revision": .integer(request.revision),
            "trace_id": .optional(request.traceID.map { Hexadecimal.text($0) }),
        ])
    }

    private var upload: ReportJSON {
        guard let upload = call.upload else { return .null }
        return .members([
            "body_bytes": .integer(upload.bodyBytes),
            "body_hash": .string(Hexadecimal.text(upload.bodyHash)),
            "whole": .bool(upload.whole != 0),
        ])
    }

    private var hold: ReportJSON {
        guard let held = call.heldNano else { return .null }
        return .members([
            "amount": .string(NanoAmount(nano: held).decimalText),
            "is_open": .bool(call.outcome == nil),
        ])
    }

    private func json(_ decision: CallRecord.Decision) throws -> ReportJSON {
        .members([
            "ordinal": .integer(decision.ordinal),
            "stage": .optional(CodeNames.stage[decision.stage]),
            "verdict": .optional(CodeNames.verdict[decision.verdict]),
            "mode": .optional(CodeNames.mode[decision.mode]),
            "reason": .optional(CodeNames.reason[decision.reason]),
            "policy_kind": .optional(CodeNames.policyKind[decision.policyKind]),
            "policy": .optional(
                try lookups.policy(kind: decision.policyKind, id: decision.policyID, version: decision.policyVersion)),
            "policy_id": .optional(decision.policyID),
            "policy_version": .optional(decision.policyVersion),
            "limit": .optional(decision.text(decision.limitNano)),
            "spent": .optional(decision.text(decision.spentNano)),
            "held": .optional(decision.text(decision.heldNano)),
            "asked": .optional(decision.text(decision.askedNano)),
            "unit": .optional(decision.unit?.name),
            "deployment": .optional(names.deployments.name(decision.deploymentID)),
            "detail": .optional(decision.detail),
            "log_index": .integer(decision.logIndex),
        ])
    }

    private func json(_ attempt: CallRecord.Attempt) -> ReportJSON {
        .members([
            "ordinal": .integer(attempt.ordinal),
            "deployment": .optional(names.deployments.name(attempt.deploymentID)),
            "provider": .optional(names.providers.name(attempt.providerID)),
            "model": .optional(model(attempt)),
            "served_model": .optional(attempt.servedModel),
            "credential": .optional(names.credentials.name(attempt.credentialID)),
            "region": .optional(attempt.region),
            "region_basis": .optional(CodeNames.regionBasis[attempt.regionBasis]),
            "started_at": .string(CivilTime.text(micros: attempt.startedMicros)),
            "head_after_micros": .optional(attempt.headAfterMicros),
            "first_token_after_micros": .optional(attempt.firstTokenAfterMicros),
            "ended_after_micros": .integer(attempt.endedAfterMicros),
            "status": .optional(attempt.status),
            "error_class": .optional(CodeNames.errorClass[attempt.errorClass]),
            "dispatched": .bool(attempt.dispatched != 0),
            "upstream_request_id": .optional(attempt.upstreamRequestID),
            "raw_usage": .optional(attempt.rawUsage),
            "log_index": .integer(attempt.logIndex),
        ])
    }

    private func json(_ charge: CallRecord.Charge) throws -> ReportJSON {
        let price = try charge.priceID.flatMap { try lookups.price($0) }
        return .members([
            "ordinal": .integer(charge.ordinal),
            "attempt": .optional(charge.attemptOrdinal),
            "meter": .optional(CodeNames.meter[charge.meter]),
            "quantity": .integer(charge.quantity),
            "price_id": .optional(charge.priceID),
            "price_per_million": .optional(price.map { Self.perMillion(picoPerUnit: $0.picoPerUnit) }),
            "price_effective_from": .optional((price?.effectiveFromMicros).timeText),
            "price_effective_to": .optional((price?.effectiveToMicros).timeText),
            "price_source": .optional(price?.source),
            "amount": .optional(charge.amountNano.decimalText),
            "currency": .optional(charge.currency),
            "usage_source": .optional(CodeNames.usageSource[charge.usageSource]),
            "origin": .optional(CodeNames.chargeOrigin[charge.origin]),
            "kind": .optional(CodeNames.chargeKind[charge.kind]),
            "corrects": .optional(charge.corrects),
            "reason": .optional(charge.reason),
            "usage_at": .string(CivilTime.text(micros: charge.usageAtMicros)),
            "posting_period": .integer(charge.postingPeriod),
            "log_index": .integer(charge.logIndex),
        ])
    }

    private func json(_ transfer: CallRecord.Transfer) throws -> ReportJSON {
        .members([
            "ordinal": .integer(transfer.ordinal),
            "kind": .optional(CodeNames.transferKind[transfer.kind]),
            "code": .optional(CodeNames.transferCode[transfer.code]),
            "debit": .string(try lookups.account(transfer.debitAccountID)),
            "credit": .string(try lookups.account(transfer.creditAccountID)),
            "amount": .string(NanoAmount(nano: transfer.amountNano).decimalText),
            "charge": .optional(transfer.chargeOrdinal),
            "log_index": .integer(transfer.logIndex),
        ])
    }

    private var outcome: ReportJSON {
        guard let outcome = call.outcome else { return .null }
        return .members([
            "status": .integer(outcome.status),
            "end_reason": .optional(CodeNames.endReason[outcome.endReason]),
            "caveat": .optional(CodeNames.caveat[outcome.caveat]),
            "total": .optional(outcome.totalNano.decimalText),
            "currency": .optional(outcome.currency),
            "ended_at": .string(CivilTime.text(micros: outcome.endedMicros)),
            "opened_after_micros": .optional(outcome.openedAfterMicros),
            "log_index": .integer(outcome.logIndex),
        ])
    }

    private func json(_ row: ExplainLookups.JournalRow) -> ReportJSON {
        .members([
            "log_id": .integer(row.header.logID),
            "log_index": .integer(row.header.logIndex),
            "kind": .optional(CodeNames.journalKind[row.header.kind]),
            "time": .string(CivilTime.text(micros: row.header.timeMicros)),
            "body_hash": .string(Hexadecimal.text(row.bodyHash)),
            "leaf_hash": .string(Hexadecimal.text(LeafHash.leaf(header: row.header, bodyHash: row.bodyHash))),
        ])
    }
}
