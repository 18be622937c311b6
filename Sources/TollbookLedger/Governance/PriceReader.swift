internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// The price book by provider and model.
struct PriceReader {
    private struct Key: Hashable {
        let providerID: Int64
        let model: String
    }

    /// One dated price: a later row with the same one supersedes the earlier.
    private struct Slot: Hashable {
        let meter: Meter
        let effectiveFromMicros: Int64
    }

    private var slots: [Key: [Slot: PriceTable.Row]] = [:]

    static func read(_ connection: Connection) throws -> PriceReader {
        var reader = PriceReader()
        let sql: StaticString = """
            SELECT id, provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros
            FROM price
            ORDER BY id
            """
        try connection.cached(sql).forEachRow { row in
            let id = row.int64(at: 0)
            guard let meter = Meter(rawValue: row.int(at: 3)), row.int64(at: 4) >= 0 else {
                throw TollbookError.corruptGovernance(table: "price", column: "meter", id: id)
            }
            let slot = Slot(meter: meter, effectiveFromMicros: row.int64(at: 6))
            reader.slots[Key(providerID: row.int64(at: 1), model: row.string(at: 2)), default: [:]][slot] =
                PriceTable.Row(
                    id: id, meter: meter, price: PicoPrice(picoPerUnit: row.int64(at: 4)),
                    currency: row.string(at: 5), effectiveFromMicros: slot.effectiveFromMicros,
                    effectiveToMicros: row.optionalInt64(at: 7))
        }
        return reader
    }

    /// The dated prices of a provider's model; empty when it has none.
    func table(providerID: Int64, model: String) -> PriceTable {
        let rows = slots[Key(providerID: providerID, model: model)]?.values.sorted { $0.id < $1.id }
        return PriceTable(rows: rows ?? [])
    }
}
