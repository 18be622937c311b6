internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension Ledger {
    /// Applies a governance document as one command: all of it or nothing. In force when this returns.
    ///
    /// A document that changes nothing leaves no journal row, no revision and no event.
    ///
    /// - Throws: `GovernanceDocumentError`; `invalid_change` for an author's text; what `administer` throws.
    package func apply(_ change: GovernanceChange) async throws -> GovernanceReceipt {
        try change.author.validate()
        let (receipt, isEmpty) = try await administer(.governance, organizationID: nil) { transaction in
            let plan = try GovernancePlanner.plan(change.document, prune: change.prune, reading: transaction)
            let firstPriceID = try transaction.nextID(.price)
            if !plan.isEmpty { try plan.apply(transaction, by: change.author) }
            let receipt = plan.receipt(
                revision: transaction.logIndex, isDryRun: false, firstPriceID: firstPriceID)
            return (receipt, plan.isEmpty)
        }
        return isEmpty ? receipt.at(revision: snapshot.revision) : receipt
    }

    /// What `apply` would change now. Reads only, on a connection of its own; blocks for some milliseconds.
    ///
    /// - Throws: `GovernanceDocumentError`; `SQLiteError`.
    package func preview(_ change: GovernanceChange) throws -> GovernanceReceipt {
        try change.author.validate()
        let revision = snapshot.revision
        let connection = try makeReader()
        return try connection.transaction(.deferred) {
            let reading = GovernancePreview(connection: connection, hasher: hasher)
            let plan = try GovernancePlanner.plan(change.document, prune: change.prune, reading: reading)
            let price = try reading.rows("SELECT max(id) FROM price", []).first?.first?.integer ?? 0
            return plan.receipt(revision: revision, isDryRun: true, firstPriceID: price + 1)
        }
    }
}

extension GovernanceReceipt {
    /// The same, at the revision that stayed in force.
    fileprivate func at(revision: Int64) -> GovernanceReceipt {
        GovernanceReceipt(
            revision: revision, isDryRun: isDryRun, manager: manager, created: created, updated: updated,
            closed: closed, unchanged: unchanged, changes: changes, unlisted: unlisted,
            notes: notes)
    }
}

extension ChangeAuthor {
    /// - Throws: `invalid_change` unless reference and reason are one line each of at most 256 bytes.
    func validate() throws {
        for (name, text) in [("change reference", changeReference), ("reason", reason)] {
            guard let text else { continue }
            let isLine =
                !text.isEmpty && text.utf8.count <= 256 && !text.unicodeScalars.contains(where: ObjectName.isControl)
            guard isLine, ObjectName.violation(in: String(text.prefix(1)), allowsSlash: true) == nil else {
                throw TollbookError(
                    .invalidChange, "the \(name) is no line of 1 to 256 bytes, or begins like a formula",
                    hint: "Write for example CHG-1234.")
            }
        }
    }
}
