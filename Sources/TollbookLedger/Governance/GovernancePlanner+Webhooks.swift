internal import SQLite
internal import TollbookPolicy

extension GovernancePlanner {
    /// Webhooks: after the organizations that they name.
    mutating func planWebhooks() {
        for entry in document.webhooks {
            var organization: Int64?
            if let name = entry.organization {
                guard let id = reference(.organization, name, "organization", entry.location) else { continue }
                organization = id
            }
            let types = entry.types.map { Value.text(JSONList.text(words: $0)) } ?? .null
            let values: [Value] = [
                .text(entry.name), .text(entry.url), .text(entry.secret), Value(entry.previousSecret), types,
                Value(organization), entry.privateNetwork == true ? 1 : .null,
            ]
            settle(.webhook, find(.webhook, [.text(entry.name)], was: entry.was), values, entry.location)
        }
        let open = plan.tables.open(.webhook).count
        guard open > LedgerLimits.webhooks, let last = document.webhooks.last else { return }
        refuse(
            RuleViolation(
                "there would be \(open) webhooks", "Keep \(LedgerLimits.webhooks) at most; one may tell many types."),
            "name", last.location)
    }
}
