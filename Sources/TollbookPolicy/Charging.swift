package import TollbookCore

/// One priced line of an attempt; becomes a row of `charge`.
package struct ChargeLine: Sendable, Equatable {
    package let meter: Meter
    package let quantity: Int64
    /// nil: unpriced.
    package let priceID: Int64?
    /// nil: unpriced.
    package let amount: NanoAmount?
    package let currency: String?
    package let source: UsageSource

    package init(
        meter: Meter, quantity: Int64, priceID: Int64?, amount: NanoAmount?, currency: String?, source: UsageSource
    ) {
        self.meter = meter
        self.quantity = quantity
        self.priceID = priceID
        self.amount = amount
        self.currency = currency
        self.source = source
    }
}

/// Turns usage into charges: meter x quantity x price.
package enum Charging {
    /// One line per meter with a quantity. A meter without a price, or an amount that does not fit, has
    /// neither price nor amount: unknown is never zero.
    package static func lines(for usage: Usage, prices: PriceSet?, source: UsageSource) -> [ChargeLine] {
        usage.lines.map { line in
            let price = prices?[line.meter]
            let amount = price?.price.amount(quantity: line.quantity)
            return ChargeLine(
                meter: line.meter, quantity: line.quantity, priceID: amount == nil ? nil : price?.id,
                amount: amount, currency: amount == nil ? nil : prices?.currency, source: source)
        }
    }

    /// The hold as charges: the estimated prompt at the dearest input meter's price and the held answer at
    /// the dearest output meter's, so that the lines add up to the hold.
    package static func heldLines(
        estimatedInputTokens: Int64, heldOutputTokens: Int64, prices: PriceSet?
    ) -> [ChargeLine] {
        var usage = Usage()
        usage.set(prices.flatMap { dearest($0) { $0.isInput } } ?? .input, estimatedInputTokens)
        usage.set(prices.flatMap { dearest($0) { $0.isOutput } } ?? .output, heldOutputTokens)
        if prices?[.request] != nil { usage.set(.request, 1) }
        return lines(for: usage, prices: prices, source: .estimated)
    }

    /// Whether a price set can charge calls of an endpoint that has a unit: by the unit, or by tokens of all its sides.
    package static func canCharge(_ unit: Meter, hasOutput: Bool, prices: PriceSet) -> Bool {
        prices[unit] != nil || (prices.dearestInput != nil && (!hasOutput || prices.dearestOutput != nil))
    }

    /// `heldLines` for a call that may be charged by units: of units and tokens, what is priced. Where neither is, the
    /// units, which then tell what is unknown.
    package static func heldLines(
        estimatedInputTokens: Int64, heldOutputTokens: Int64, unit: Meter, units: Int64, prices: PriceSet?
    ) -> [ChargeLine] {
        guard let prices, canCharge(unit, hasOutput: heldOutputTokens > 0, prices: prices) else {
            return lines(for: Usage([unit: units]), prices: prices, source: .estimated)
        }
        var usage = Usage()
        if let input = dearest(prices, where: { $0.isInput }) { usage.set(input, estimatedInputTokens) }
        if let output = dearest(prices, where: { $0.isOutput }) { usage.set(output, heldOutputTokens) }
        if prices[.request] != nil { usage.set(.request, 1) }
        if unit != .request, prices[unit] != nil { usage.set(unit, units) }
        return lines(for: usage, prices: prices, source: .estimated)
    }

    /// The same for a hold of which only the amount is known: what its tokens do not make up is the units'.
    package static func heldLines(
        estimatedInputTokens: Int64, heldOutputTokens: Int64, unit: Meter, hold: NanoAmount, prices: PriceSet
    ) -> [ChargeLine] {
        let others = heldLines(
            estimatedInputTokens: estimatedInputTokens, heldOutputTokens: heldOutputTokens, unit: unit, units: 0,
            prices: prices)
        let rest = others.reduce(hold.nano) { $0 - ($1.amount?.nano ?? 0) }
        guard unit != .request, rest > 0, let price = prices[unit]?.price, price.picoPerUnit > 0 else { return others }
        let product = rest.multipliedFullWidth(by: 1_000)
        guard product.high < price.picoPerUnit else { return others }
        let (units, remainder) = price.picoPerUnit.dividingFullWidth(product)
        // The amount was rounded from its units.
        let quantity = remainder > price.picoPerUnit / 2 ? units + 1 : units
        return others + lines(for: Usage([unit: quantity]), prices: prices, source: .estimated)
    }

    private static func dearest(_ prices: PriceSet, where matches: (Meter) -> Bool) -> Meter? {
        let candidates = Meter.allCases.filter { matches($0) && prices[$0] != nil }
        let highest = candidates.compactMap { prices[$0]?.price.picoPerUnit }.max()
        return candidates.first { prices[$0]?.price.picoPerUnit == highest }
    }
}
