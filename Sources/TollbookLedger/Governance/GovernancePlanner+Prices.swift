internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension GovernancePlanner {
    /// What makes a row of the price book supersede another.
    private struct Slot: Hashable {
        let providerID: Int64
        let model: String
        let meter: Int64
        let fromMicros: Int64
    }

    /// New rows for prices that the book's newest row of the same provider, model, meter and start does not state.
    mutating func planPrices(reading source: some GovernanceReading) throws {
        guard !document.prices.isEmpty else { return }
        let newest = try Self.newestPrices(reading: source)
        for entry in document.prices {
            guard let provider = reference(.provider, entry.provider, "provider", entry.location) else { continue }
            for price in prices(entry, providerID: provider) {
                let slot = Slot(
                    providerID: provider, model: price.model, meter: price.meter, fromMicros: price.fromMicros)
                if let current = newest[slot], current.states(price) {
                    plan.unchanged += 1
                } else {
                    plan.prices.append(price)
                }
            }
        }
    }

    /// One for each meter, in the order of their codes; empty for values that the document's own check refuses.
    private func prices(_ entry: PriceEntry, providerID: Int64) -> [GovernancePlan.Price] {
        guard let from = UTCTime.parse(entry.effectiveFrom) else { return [] }
        return Meter.allCases.compactMap { meter in
            guard let price = entry.perMillion[meter.name].flatMap({ PicoPrice(perMillionText: $0) }) else {
                return nil
            }
            return GovernancePlan.Price(
                providerID: providerID, model: entry.model, meter: Int64(meter.rawValue),
                picoPerUnit: price.picoPerUnit, currency: MoneyText.currency, fromMicros: from,
                toMicros: entry.effectiveTo.flatMap(UTCTime.parse), source: entry.source)
        }
    }

    private static func newestPrices(reading source: some GovernanceReading) throws -> [Slot: GovernancePlan.Price] {
        let rows = try source.rows(
            """
            SELECT provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros
            FROM price
            ORDER BY id
            """, [])
        var newest: [Slot: GovernancePlan.Price] = [:]
        for row in rows {
            let price = GovernancePlan.Price(
                providerID: row[0].integer ?? 0, model: row[1].text ?? "", meter: row[2].integer ?? 0,
                picoPerUnit: row[3].integer ?? 0, currency: row[4].text ?? "", fromMicros: row[5].integer ?? 0,
                toMicros: row[6].integer, source: nil)
            let slot = Slot(
                providerID: price.providerID, model: price.model, meter: price.meter, fromMicros: price.fromMicros)
            newest[slot] = price
        }
        return newest
    }
}

extension GovernancePlan.Price {
    /// Whether a call would cost the same; where the price was read does not count.
    fileprivate func states(_ other: GovernancePlan.Price) -> Bool {
        picoPerUnit == other.picoPerUnit && currency == other.currency && toMicros == other.toMicros
    }
}
