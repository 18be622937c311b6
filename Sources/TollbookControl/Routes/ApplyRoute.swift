internal import Hummingbird
internal import TollbookGateway
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
        let document = body.document
        let check = try await services.readers.run { ProviderFileCheck(document) }
        guard check.problems.isEmpty else { throw GovernanceDocumentError(check.problems) }
        let change = GovernanceChange(body.document, prune: body.prune ?? false, author: author)
        let ledger = services.ledger
        let receipt =
            body.dryRun ?? false
            ? try await services.readers.run { try ledger.preview(change) } : try await ledger.apply(change)
        return receipt.adding(notes: check.notes)
    }
}

extension ApplyRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
