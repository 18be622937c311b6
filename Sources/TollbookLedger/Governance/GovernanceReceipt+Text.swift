internal import TollbookPolicy

extension GovernanceReceipt {
    /// Names of unlisted objects that are told; the rest is counted.
    private static let maximumUnlisted = 20

    /// The changes as people read them: a line for each object, one more for each value, and a summary.
    ///
    /// The same receipt gives the same bytes; names are as the ledger has them and hold no control characters.
    package var text: String {
        var lines: [String] = []
        for change in changes {
            lines.append("\(change.action) \(Self.words(change.kind)) \(change.path)")
            for field in change.fields { lines.append("  " + Self.text(field, of: change.action)) }
        }
        if !unlisted.isEmpty {
            let told = unlisted.prefix(Self.maximumUnlisted).joined(separator: ", ")
            let more = unlisted.count > Self.maximumUnlisted ? " and \(unlisted.count - Self.maximumUnlisted) more" : ""
            lines.append("not in the file, closed only with --prune: \(told)\(more)")
        }
        lines += notes.map { "note: \($0)" }
        return (lines + [summary]).joined(separator: "\n") + "\n"
    }

    private var summary: String {
        let counts = "\(created) created, \(updated) updated, \(closed) closed, \(unchanged) unchanged"
        return isDryRun ? "dry run against revision \(revision): \(counts)" : "revision \(revision): \(counts)"
    }

    private static func words(_ kind: String) -> String {
        GovernedKind.named(kind)?.words ?? kind
    }

    private static func text(_ field: Field, of action: String) -> String {
        if action == GovernancePlan.Action.create.rawValue { return "\(field.field): \(field.to ?? "none")" }
        return "\(field.field): \(field.from ?? "none") -> \(field.to ?? "none")"
    }
}
