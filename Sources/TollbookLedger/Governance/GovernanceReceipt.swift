package import TollbookPolicy

/// A governance document to be applied, and by whom.
package struct GovernanceChange: Sendable {
    package let document: GovernanceDocument
    /// Whether objects of the document's manager that it does not name are closed.
    package let prune: Bool
    package let author: ChangeAuthor

    package init(_ document: GovernanceDocument, prune: Bool, author: ChangeAuthor) {
        self.document = document
        self.prune = prune
        self.author = author
    }
}

/// Who makes a change, and why.
package struct ChangeAuthor: Sendable {
    /// `principal.id`.
    package let actorID: Int64
    /// The caller's reference for the change, for example a ticket; one line.
    package let changeReference: String?
    /// Why; one line; no place for personal data.
    package let reason: String?
    /// The network address that the change came from; nil: this machine.
    package let address: String?

    package init(actorID: Int64, changeReference: String? = nil, reason: String? = nil, address: String? = nil) {
        self.actorID = actorID
        self.changeReference = changeReference
        self.reason = reason
        self.address = address
    }

    /// The principal that the first start makes.
    package static let owner = ChangeAuthor(actorID: 1)
}

/// What applying a document changed, or would change.
package struct GovernanceReceipt: Codable, Equatable, Sendable {
    /// One object's change.
    package struct Change: Codable, Equatable, Sendable {
        /// `create`, `update` or `close`.
        package let action: String
        /// `project`, `rate_limit`, `price` …
        package let kind: String
        package let id: Int64
        /// With the names above it: `acme/ranking`.
        package let path: String
        /// For `create`: what it has; for `update`: what changes.
        package let fields: [Field]
    }

    /// One value's change, as governance files write it.
    package struct Field: Codable, Equatable, Sendable {
        package let field: String
        /// nil: had none.
        package let from: String?
        /// nil: has none.
        package let to: String?

        package init(field: String, from: String?, to: String?) {
            self.field = field
            self.from = from
            self.to = to
        }
    }

    /// The revision in force afterwards; of a dry run, the one that was compared with.
    package let revision: Int64
    package let isDryRun: Bool
    package let manager: String
    package let created: Int
    package let updated: Int
    package let closed: Int
    package let unchanged: Int
    package let changes: [Change]
    /// Objects of this manager that the document does not name, as `kind path`; only `--prune` closes them.
    package let unlisted: [String]
    /// What is to be known of the change beside it, a sentence each.
    package let notes: [String]

    enum CodingKeys: String, CodingKey {
        case revision
        case isDryRun = "dry_run"
        case manager, created, updated, closed, unchanged, changes, unlisted, notes
    }

    /// The same with more notes.
    package func adding(notes more: [String]) -> GovernanceReceipt {
        GovernanceReceipt(
            revision: revision, isDryRun: isDryRun, manager: manager, created: created, updated: updated,
            closed: closed, unchanged: unchanged, changes: changes, unlisted: unlisted, notes: notes + more)
    }

    /// Whether there was nothing to change.
    package var isEmpty: Bool { changes.isEmpty }
}
