/// A price in pico-units (10^-12) of a currency per one unit of a meter.
///
/// One unit of currency per million tokens is 1,000,000 pico per token.
package struct PicoPrice: Hashable, Sendable {
    /// Pico-units per unit; never negative.
    package let picoPerUnit: Int64

    /// - Precondition: `picoPerUnit` is not negative.
    package init(picoPerUnit: Int64) {
        precondition(picoPerUnit >= 0, "a price is never negative")
        self.picoPerUnit = picoPerUnit
    }

    /// A price quoted per million units as a plain decimal (`"0.15"`), exact to six decimals.
    package init?(perMillionText: some StringProtocol) {
        guard let value = FixedDecimal.parse(perMillionText, scale: 6), value >= 0 else { return nil }
        self.init(picoPerUnit: value)
    }

    /// The amount of `quantity` units: round-half-even(quantity x pico / 1000), computed full width.
    ///
    /// Returns nil when the result does not fit Int64 nano-units.
    package func amount(quantity: Int64) -> NanoAmount? {
        precondition(quantity >= 0, "a metered quantity is never negative")
        let (high, low) = UInt64(quantity).multipliedFullWidth(by: UInt64(picoPerUnit))
        guard high < 1_000 else { return nil }
        let (quotient, remainder) = UInt64(1_000).dividingFullWidth((high, low))
        let roundsUp = remainder > 500 || (remainder == 500 && quotient & 1 == 1)
        let (rounded, overflow) = quotient.addingReportingOverflow(roundsUp ? 1 : 0)
        guard !overflow, rounded <= UInt64(Int64.max) else { return nil }
        return NanoAmount(nano: Int64(rounded))
    }
}
