internal import TollbookCore

/// `request_trail`: everything an auditor asks of a request, one row each; the columns of the view `request_trail`.
struct TrailRows: ExportRows {
    let columns =
        [
            "request_id", "opened_log_index", "settled_log_index", "revision", "accepted_at", "ended_at",
            "organization_id", "organization", "team_id", "team", "project_id", "project", "application_id",
            "application", "api_key_id", "api_key", "user_subject_id", "user_name", "end_user_subject_id", "end_user",
            "address_subject_id", "address", "interaction", "parent_id", "origin", "tags", "endpoint", "dialect",
            "route_id", "route", "stream", "body_bytes", "body_hash", "trace_id", "estimated_input_tokens",
            "held_output_tokens", "decisions", "denial_reason", "hold", "hold_nano", "attempts", "deployment_id",
            "deployment", "provider_id", "provider", "model", "served_model", "region", "region_basis",
            "upstream_request_id", "error_class", "first_token_after_micros", "opened_after_micros", "state", "status",
            "end_reason", "caveat", "usage_source", "unpriced_charges",
        ] + Self.quantityColumns + ["amount", "amount_nano", "currency"]
    let summedColumns = Self.quantityColumns

    /// One for each meter, in order of the code.
    private static let quantityColumns = Meter.allCases.map { $0.name + "_quantity" }

    func append(_ call: CallRecord, _ names: inout CallNames, to buffer: inout CSVBuffer) throws -> ExportedRows {
        appendIndexes(call, to: &buffer)
        try appendWho(call.request, &names, to: &buffer)
        appendWhat(call.request, names, to: &buffer)
        appendDecisions(call, to: &buffer)
        appendLastAttempt(call, names, to: &buffer)
        appendOutcome(call, to: &buffer)
        return appendSums(call, to: &buffer)
    }

    private func appendIndexes(_ call: CallRecord, to buffer: inout CSVBuffer) {
        buffer.append(text: RequestID(rawValue: max(0, call.request.id)).text)
        buffer.append(call.request.logIndex)
        buffer.append(call.outcome?.logIndex)
        buffer.append(call.request.revision)
        buffer.append(timeMicros: call.request.acceptedMicros)
        buffer.append(timeMicros: call.outcome?.endedMicros)
    }

    private func appendWho(
        _ request: CallRecord.Request, _ names: inout CallNames, to buffer: inout CSVBuffer
    ) throws {
        buffer.append(request.organizationID)
        buffer.append(text: names.organizations.name(request.organizationID))
        buffer.append(request.teamID)
        buffer.append(text: names.teams.name(request.teamID))
        buffer.append(request.projectID)
        buffer.append(text: names.projects.name(request.projectID))
        buffer.append(request.applicationID)
        buffer.append(text: names.applications.name(request.applicationID))
        buffer.append(request.keyID)
        buffer.append(text: names.keys.name(request.keyID))
        for subject in [request.userSubjectID, request.endUserSubjectID, request.addressSubjectID] {
            buffer.append(subject)
            buffer.append(text: try names.subjects.value(subject))
        }
    }

    private func appendWhat(_ request: CallRecord.Request, _ names: CallNames, to buffer: inout CSVBuffer) {
        buffer.append(text: request.interaction)
        buffer.append(text: request.parentID.map { RequestID(rawValue: max(0, $0)).text })
        buffer.append(text: CodeNames.origin[request.origin])
        buffer.append(text: request.tags)
        buffer.append(text: CodeNames.endpoint[request.endpoint])
        buffer.append(text: CodeNames.dialect[request.dialect])
        buffer.append(request.routeID)
        buffer.append(text: names.routes.name(request.routeID))
        buffer.append(request.stream)
        buffer.append(request.bodyBytes)
        buffer.append(hexadecimal: request.bodyHash)
        buffer.append(hexadecimal: request.traceID)
        buffer.append(request.estimatedInputTokens)
        buffer.append(request.heldOutputTokens)
    }

    private func appendDecisions(_ call: CallRecord, to buffer: inout CSVBuffer) {
        var text = ""
        for decision in call.decisions {
            if !text.isEmpty { text += " " }
            text += CodeNames.stage[decision.stage] ?? "?"
            text += ":" + (CodeNames.verdict[decision.verdict] ?? "?")
            text += ":" + (CodeNames.reason[decision.reason] ?? "?")
        }
        buffer.append(text: text.isEmpty ? nil : text)
        let isDenied = call.outcome?.endReason == Int64(EndReason.denied.rawValue)
        let denial = call.decisions.last { $0.verdict == Int64(Verdict.deny.rawValue) }
        buffer.append(text: isDenied ? CodeNames.reason[denial?.reason] : nil)
        let hold = call.heldNano
        buffer.append(amount: hold)
        buffer.append(hold)
    }

    private func appendLastAttempt(_ call: CallRecord, _ names: CallNames, to buffer: inout CSVBuffer) {
        let last = call.attempts.last
        buffer.append(Int64(call.attempts.count))
        buffer.append(last?.deploymentID)
        buffer.append(text: names.deployments.name(last?.deploymentID))
        buffer.append(last?.providerID)
        buffer.append(text: names.providers.name(last?.providerID))
        buffer.append(
            text: last.flatMap { names.history.model(deploymentID: $0.deploymentID, revision: call.request.revision) })
        buffer.append(text: last?.servedModel)
        buffer.append(text: last?.region)
        buffer.append(text: CodeNames.regionBasis[last?.regionBasis])
        buffer.append(text: last?.upstreamRequestID)
        buffer.append(text: CodeNames.errorClass[last?.errorClass])
        buffer.append(last?.firstTokenAfterMicros)
    }

    private func appendOutcome(_ call: CallRecord, to buffer: inout CSVBuffer) {
        buffer.append(call.outcome?.openedAfterMicros)
        buffer.append(text: call.outcome == nil ? "open" : "settled")
        buffer.append(call.outcome?.status)
        buffer.append(text: CodeNames.endReason[call.outcome?.endReason])
        buffer.append(text: CodeNames.caveat[call.outcome?.caveat])
        let source = call.charges.first?.usageSource
        let isMixed = call.charges.contains { $0.usageSource != source }
        buffer.append(text: isMixed ? "mixed" : CodeNames.usageSource[source])
        buffer.append(call.charges.reduce(Int64(0)) { $0 + ($1.priceID == nil ? 1 : 0) })
    }

    private func appendSums(_ call: CallRecord, to buffer: inout CSVBuffer) -> ExportedRows {
        var rows = ExportedRows(sums: Array(repeating: 0, count: summedColumns.count))
        for (position, meter) in Meter.allCases.enumerated() {
            let quantity = call.quantity(of: meter)
            rows.sums[position] = quantity ?? 0
            buffer.append(quantity)
        }
        let total = call.total
        buffer.append(amount: total.amountNano)
        buffer.append(total.amountNano)
        buffer.append(text: total.currency)
        buffer.endLine()
        if let amount = total.amountNano, let currency = total.currency { rows.amounts = [(currency, amount)] }
        return rows
    }
}

extension CallRecord {
    /// What was reserved before the call; nil: nothing, or unpriced.
    var heldNano: Int64? {
        let codes = [TransferCode.hold, .topUp].map { Int64($0.rawValue) }
        let holds = transfers.filter { $0.kind == Int64(TransferKind.pending.rawValue) && codes.contains($0.code) }
        guard !holds.isEmpty else { return nil }
        return holds.reduce(Int64?(0)) { CheckedSum.adding($0, $1.amountNano) }
    }

    /// Units of a meter over all charges; nil: no charge of it.
    func quantity(of meter: Meter) -> Int64? {
        var sum: Int64?
        for charge in charges where charge.meter == Int64(meter.rawValue) {
            sum = CheckedSum.adding(sum ?? 0, charge.quantity)
        }
        return sum
    }

    /// The sum of the priced charges; with several currencies none, and `mixed`.
    var total: (amountNano: Int64?, currency: String?) {
        var sum: Int64? = 0
        var currency: String?
        for charge in charges {
            guard let amount = charge.amountNano, let own = charge.currency else { continue }
            guard currency == nil || currency == own else { return (nil, "mixed") }
            currency = own
            sum = CheckedSum.adding(sum, amount)
        }
        return currency == nil ? (nil, nil) : (sum, currency)
    }
}
