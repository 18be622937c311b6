internal import TollbookCore

/// `charges`: one row for each charge of the period's requests.
struct ChargeRows: ExportRows {
    let columns = [
        "request_id", "ordinal", "log_index", "accepted_at", "organization_id", "organization", "team_id", "team",
        "project_id", "project", "attempt_ordinal", "deployment_id", "deployment", "provider_id", "provider", "model",
        "meter", "quantity", "price_id", "amount", "amount_nano", "currency", "usage_source", "origin", "kind",
        "corrects", "reason", "usage_at", "posting_period",
    ]
    let summedColumns = ["quantity"]

    func append(_ call: CallRecord, _ names: inout CallNames, to buffer: inout CSVBuffer) throws -> ExportedRows {
        var rows = ExportedRows(count: Int64(call.charges.count), sums: [0])
        for charge in call.charges {
            append(charge, call.request, to: &buffer, names)
            append(place: charge, call, to: &buffer, names)
            append(amount: charge, to: &buffer)
            rows.sums[0] = try CheckedSum.exact(rows.sums[0], charge.quantity)
            if let amount = charge.amountNano, let currency = charge.currency {
                rows.amounts.append((currency, amount))
            }
        }
        return rows
    }

    private func append(
        _ charge: CallRecord.Charge, _ request: CallRecord.Request, to buffer: inout CSVBuffer, _ names: CallNames
    ) {
        buffer.append(text: RequestID(rawValue: max(0, request.id)).text)
        buffer.append(charge.ordinal)
        buffer.append(charge.logIndex)
        buffer.append(timeMicros: request.acceptedMicros)
        buffer.append(request.organizationID)
        buffer.append(text: names.organizations.name(request.organizationID))
        buffer.append(request.teamID)
        buffer.append(text: names.teams.name(request.teamID))
        buffer.append(request.projectID)
        buffer.append(text: names.projects.name(request.projectID))
    }

    private func append(
        place charge: CallRecord.Charge, _ call: CallRecord, to buffer: inout CSVBuffer, _ names: CallNames
    ) {
        let attempt = call.attempts.first { $0.ordinal == charge.attemptOrdinal }
        buffer.append(charge.attemptOrdinal)
        buffer.append(attempt?.deploymentID)
        buffer.append(text: names.deployments.name(attempt?.deploymentID))
        buffer.append(attempt?.providerID)
        buffer.append(text: names.providers.name(attempt?.providerID))
        buffer.append(
            text: attempt.flatMap {
                names.history.model(deploymentID: $0.deploymentID, revision: call.request.revision)
            })
    }

    private func append(amount charge: CallRecord.Charge, to buffer: inout CSVBuffer) {
        buffer.append(text: CodeNames.meter[charge.meter])
        buffer.append(charge.quantity)
        buffer.append(charge.priceID)
        buffer.append(amount: charge.amountNano)
        buffer.append(charge.amountNano)
        buffer.append(text: charge.currency)
        buffer.append(text: CodeNames.usageSource[charge.usageSource])
        buffer.append(text: CodeNames.chargeOrigin[charge.origin])
        buffer.append(text: CodeNames.chargeKind[charge.kind])
        buffer.append(charge.corrects)
        buffer.append(text: charge.reason)
        buffer.append(timeMicros: charge.usageAtMicros)
        buffer.append(charge.postingPeriod)
        buffer.endLine()
    }
}
