internal import TollbookCore
internal import TollbookPolicy

extension GovernancePlan {
    /// What people and programs are told.
    ///
    /// - Parameter firstPriceID: the id of the first new row of the price book.
    func receipt(revision: Int64, isDryRun: Bool, firstPriceID: Int64) -> GovernanceReceipt {
        let told =
            changes.map { change in
                GovernanceReceipt.Change(
                    action: change.action.rawValue, kind: change.kind.name, id: change.object.id, path: path(change),
                    fields: fields(change))
            }
            + prices.enumerated().map { offset, price in
                GovernanceReceipt.Change(
                    action: Action.create.rawValue, kind: "price", id: firstPriceID + Int64(offset), path: path(price),
                    fields: fields(price))
            }
        return GovernanceReceipt(
            revision: revision, isDryRun: isDryRun, manager: manager, created: told.count { $0.action == "create" },
            updated: told.count { $0.action == "update" }, closed: told.count { $0.action == "close" },
            unchanged: unchanged, changes: told,
            unlisted: unlisted.map { "\($0.kind.words) \(tables.path($0.kind, id: $0.id))" }, notes: [])
    }

    /// The object's path: as it is called after the change.
    func path(_ change: Change) -> String {
        tables.path(change.kind, change.object)
    }

    /// `openai-eu gpt-4o-mini input from 2026-01-01`
    func path(_ price: Price) -> String {
        let meter = Meter(rawValue: Int(price.meter))?.name ?? ""
        let provider = tables.path(.provider, id: price.providerID)
        return "\(provider) \(price.model) \(meter) from \(UTCTime.text(micros: price.fromMicros))"
    }

    /// What the object has, or what changes of it.
    func fields(_ change: Change) -> [GovernanceReceipt.Field] {
        switch change.action {
        case .close: return []
        case .create:
            return tables.fields(change.kind, change.object).map { .init(field: $0.field, from: nil, to: $0.text) }
        case .update:
            guard let before = change.before else { return [] }
            return differences(change.kind, before, change.object)
        }
    }

    func fields(_ price: Price) -> [GovernanceReceipt.Field] {
        let amount = MoneyText.perMillionText(PicoPrice(picoPerUnit: price.picoPerUnit))
        let end = price.toMicros.map {
            GovernanceReceipt.Field(field: "effective_to", from: nil, to: UTCTime.text(micros: $0))
        }
        return [.init(field: "per_million", from: nil, to: "\(amount) \(price.currency)")] + (end.map { [$0] } ?? [])
    }

    private func differences(
        _ kind: GovernedKind, _ before: GovernedObject, _ after: GovernedObject
    ) -> [GovernanceReceipt.Field] {
        var fields = kind.columns.indices.compactMap { position -> GovernanceReceipt.Field? in
            let from = tables.text(kind, before, position)
            let to = tables.text(kind, after, position)
            guard before.values[position] != after.values[position], from != to else { return nil }
            return .init(field: kind.columns[position].field, from: from, to: to)
        }
        if before.managedBy != after.managedBy {
            fields.append(.init(field: "manager", from: before.managedBy, to: after.managedBy))
        }
        return fields
    }
}
