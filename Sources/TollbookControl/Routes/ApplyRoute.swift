internal import Hummingbird
internal import TollbookLedger
internal import TollbookPolicy

/// `POST /api/v1/apply`: a governance document, applied as a whole or not at all; or, as a dry run, what it would
/// change.
struct ApplyRoute: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.post("apply") { request, context in
            let bytes = try await request.jsonBytes(upTo: ControlLimits.applyBodyBytes)
            let body = try ClosedJSON.decode(ApplyRequest.self, from: bytes)
            return try Response.json(try await apply(body, address: context.callerAddress))
        }
    }

    private func apply(_ body: ApplyRequest, address: String?) async throws -> GovernanceReceipt {
        let author = ChangeAuthor(
            actorID: AuditRecorder.ownerID, changeReference: body.changeReference, reason: body.reason, address: address
        )
        let change = GovernanceChange(body.document, prune: body.prune ?? false, author: author)
        guard body.dryRun ?? false else { return try await services.ledger.apply(change) }
        let ledger = services.ledger
        return try await services.readers.run { try ledger.preview(change) }
    }
}

extension ApplyRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
