package import TollbookCore

/// The worst case of a call, reserved before it.
package enum Hold {
    /// Answer tokens assumed when the caller gives no maximum.
    package static let defaultOutputTokens: Int64 = 16_384

    /// No model answers longer; a hostile maximum cannot reserve more where the model's own is not stated.
    package static let maximumOutputTokens: Int64 = 1_000_000

    /// n x min(max tokens or 16,384, the model's maximum).
    package static func outputTokens(_ facts: CallFacts, maxOutput: Int64?) -> Int64 {
        let asked = facts.maxOutputTokens ?? defaultOutputTokens
        let each = min(asked, maxOutput ?? maximumOutputTokens)
        let (total, overflow) = each.multipliedReportingOverflow(by: max(1, facts.choices))
        return overflow ? .max : total
    }

    /// Dearest input meter x estimate + output tokens x dearest output price; nil when either is unpriced (the output
    /// only where there is one) or the amount does not fit.
    ///
    /// Where a call may be charged by units, what is priced of units and tokens adds up.
    package static func amount(_ facts: CallFacts, outputTokens: Int64, prices: PriceSet) -> NanoAmount? {
        if let unit = facts.endpoint.unit { return amount(facts, unit, outputTokens: outputTokens, prices: prices) }
        let output = facts.endpoint.hasOutput ? prices.dearestOutput?.amount(quantity: outputTokens) : .zero
        guard let input = prices.dearestInput?.amount(quantity: facts.estimatedInputTokens), let output,
            let total = input.adding(output)
        else { return nil }
        guard let call = prices[.request]?.price.amount(quantity: 1) else { return total }
        return total.adding(call)
    }

    private static func amount(
        _ facts: CallFacts, _ unit: Meter, outputTokens: Int64, prices: PriceSet
    ) -> NanoAmount? {
        guard Charging.canCharge(unit, hasOutput: facts.endpoint.hasOutput, prices: prices) else {
            return facts.endpoint.isFreeUnlessPriced ? .zero : nil
        }
        let lines = Charging.heldLines(
            estimatedInputTokens: facts.estimatedInputTokens, heldOutputTokens: outputTokens, unit: unit,
            units: facts.units, prices: prices)
        return lines.reduce(NanoAmount?.some(.zero)) { total, line in line.amount.flatMap { total?.adding($0) } }
    }
}
