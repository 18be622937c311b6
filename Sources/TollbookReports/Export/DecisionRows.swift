internal import TollbookCore

/// `decisions`: one row for each decision on the period's requests.
struct DecisionRows: ExportRows {
    let columns = [
        "request_id", "ordinal", "log_index", "accepted_at", "project_id", "project", "stage", "policy_kind",
        "policy_id", "policy_version", "verdict", "mode", "reason", "limit", "limit_nano", "spent", "spent_nano",
        "held", "held_nano", "asked", "asked_nano", "deployment_id", "deployment", "detail", "unit",
    ]
    let summedColumns: [String] = []

    func append(_ call: CallRecord, _ names: inout CallNames, to buffer: inout CSVBuffer) throws -> ExportedRows {
        for decision in call.decisions { append(decision, call.request, names, to: &buffer) }
        return ExportedRows(count: Int64(call.decisions.count))
    }

    private func append(
        _ decision: CallRecord.Decision, _ request: CallRecord.Request, _ names: CallNames, to buffer: inout CSVBuffer
    ) {
        buffer.append(text: RequestID(rawValue: max(0, request.id)).text)
        buffer.append(decision.ordinal)
        buffer.append(decision.logIndex)
        buffer.append(timeMicros: request.acceptedMicros)
        buffer.append(request.projectID)
        buffer.append(text: names.projects.name(request.projectID))
        buffer.append(text: CodeNames.stage[decision.stage])
        buffer.append(text: CodeNames.policyKind[decision.policyKind])
        buffer.append(decision.policyID)
        buffer.append(decision.policyVersion)
        buffer.append(text: CodeNames.verdict[decision.verdict])
        buffer.append(text: CodeNames.mode[decision.mode])
        buffer.append(text: CodeNames.reason[decision.reason])
        for figure in [decision.limitNano, decision.spentNano, decision.heldNano, decision.askedNano] {
            buffer.append(amount: decision.unit ?? .money == .money ? figure : nil)
            buffer.append(figure)
        }
        buffer.append(decision.deploymentID)
        buffer.append(text: names.deployments.name(decision.deploymentID))
        buffer.append(text: decision.detail)
        buffer.append(text: decision.unit?.name)
        buffer.endLine()
    }
}
