package import TollbookCore

/// The price of one meter: which row of the ledger, and how much.
package struct MeterPrice: Sendable, Equatable {
    /// `price.id`.
    package let id: Int64
    package let price: PicoPrice

    package init(id: Int64, price: PicoPrice) {
        self.id = id
        self.price = price
    }
}

/// The prices of one deployment that are in force together, by meter.
package final class PriceSet: Sendable {
    package let currency: String
    private let byMeter: [MeterPrice?]
    /// The dearest price among the prompt's meters; nil when input has none.
    package let dearestInput: PicoPrice?
    /// The dearest price among the answer's meters; nil when output has none.
    package let dearestOutput: PicoPrice?

    package init(currency: String, prices: [Meter: MeterPrice]) {
        self.currency = currency
        let size = (Meter.allCases.map(\.rawValue).max() ?? 0) + 1
        var table = [MeterPrice?](repeating: nil, count: size)
        for meter in Meter.allCases {
            table[meter.rawValue] = Self.resolve(meter, in: prices)
        }
        byMeter = table
        dearestInput = Self.dearest(table) { $0.isInput }
        dearestOutput = Self.dearest(table) { $0.isOutput }
    }

    /// The price of a meter, or of the meter that stands in for it; nil when neither is priced.
    package subscript(meter: Meter) -> MeterPrice? {
        byMeter[meter.rawValue]
    }

    private static func dearest(_ table: [MeterPrice?], where matches: (Meter) -> Bool) -> PicoPrice? {
        Meter.allCases.filter(matches).compactMap { table[$0.rawValue]?.price }
            .max { $0.picoPerUnit < $1.picoPerUnit }
    }

    private static func resolve(_ meter: Meter, in prices: [Meter: MeterPrice]) -> MeterPrice? {
        var candidate: Meter? = meter
        while let current = candidate {
            if let price = prices[current] { return price }
            candidate = current.fallback
        }
        return nil
    }
}

/// All dated prices of one deployment.
package struct PriceTable: Sendable {
    /// One dated price row as the ledger holds it.
    package struct Row: Sendable {
        package let id: Int64
        package let meter: Meter
        package let price: PicoPrice
        package let currency: String
        package let effectiveFromMicros: Int64
        /// Exclusive; nil: open.
        package let effectiveToMicros: Int64?

        package init(
            id: Int64, meter: Meter, price: PicoPrice, currency: String, effectiveFromMicros: Int64,
            effectiveToMicros: Int64?
        ) {
            self.id = id
            self.meter = meter
            self.price = price
            self.currency = currency
            self.effectiveFromMicros = effectiveFromMicros
            self.effectiveToMicros = effectiveToMicros
        }
    }

    private struct Interval: Sendable {
        let fromMicros: Int64
        let prices: PriceSet?
    }

    /// Ascending by start; each holds until the next begins.
    private let intervals: [Interval]

    /// For each meter and time the row with the latest start wins, and among equal starts the highest id.
    package init(rows: [Row]) {
        let boundaries = Set(rows.map(\.effectiveFromMicros) + rows.compactMap(\.effectiveToMicros)).sorted()
        intervals = boundaries.map { Interval(fromMicros: $0, prices: Self.prices(in: rows, atMicros: $0)) }
    }

    /// The prices in force at a time; nil when none are.
    package func prices(atMicros micros: Int64) -> PriceSet? {
        intervals.last { $0.fromMicros <= micros }?.prices
    }

    private static func prices(in rows: [Row], atMicros micros: Int64) -> PriceSet? {
        var winners: [Meter: Row] = [:]
        for row in rows where row.effectiveFromMicros <= micros && micros < (row.effectiveToMicros ?? .max) {
            guard let current = winners[row.meter] else {
                winners[row.meter] = row
                continue
            }
            if (row.effectiveFromMicros, row.id) > (current.effectiveFromMicros, current.id) {
                winners[row.meter] = row
            }
        }
        guard let currency = winners.values.first?.currency else { return nil }
        return PriceSet(
            currency: currency, prices: winners.mapValues { MeterPrice(id: $0.id, price: $0.price) })
    }
}
