package import TollbookPolicy

/// The body of `POST /api/v1/apply`.
package struct ApplyRequest: Codable, Sendable {
    package var document: GovernanceDocument
    /// Whether only the difference is told.
    package var dryRun: Bool?
    /// Whether objects of the document's manager that it does not name are closed.
    package var prune: Bool?
    /// The caller's reference for the change, for example a ticket.
    package var changeReference: String?
    /// Why; no place for personal data.
    package var reason: String?

    package init(
        document: GovernanceDocument, dryRun: Bool? = nil, prune: Bool? = nil, changeReference: String? = nil,
        reason: String? = nil
    ) {
        self.document = document
        self.dryRun = dryRun
        self.prune = prune
        self.changeReference = changeReference
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case document, prune, reason
        case dryRun = "dry_run"
        case changeReference = "change_ref"
    }
}
