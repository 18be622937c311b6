/// An amount of money in nano-units (10^-9) of the currency stated beside it.
///
/// Integers end to end: no `Double` ever holds money. Int64 covers 9.22 billion units.
/// Arithmetic on hot paths uses `adding(_:)`, which reports overflow instead of trapping.
package struct NanoAmount: Hashable, Comparable, Sendable {
    /// Nano-units; negative for credits and reversals.
    package var nano: Int64

    package init(nano: Int64) {
        self.nano = nano
    }

    package static let zero = NanoAmount(nano: 0)

    package static func < (left: NanoAmount, right: NanoAmount) -> Bool {
        left.nano < right.nano
    }

    /// The sum, or nil on overflow.
    package func adding(_ other: NanoAmount) -> NanoAmount? {
        let (sum, overflow) = nano.addingReportingOverflow(other.nano)
        return overflow ? nil : NanoAmount(nano: sum)
    }

    /// The decimal form with exactly nine decimals, as exports and the API print it: `-0.000123456`.
    package var decimalText: String {
        let magnitude = nano.magnitude
        let whole = String(magnitude / 1_000_000_000)
        let fraction = String(magnitude % 1_000_000_000)
        let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
        return (nano < 0 ? "-" : "") + whole + "." + zeros + fraction
    }

    /// Parses a plain decimal (`25`, `25.00`, `0.000000001`, optional leading `-`) with at most nine decimals.
    ///
    /// Returns nil for anything else: exponents, separators, more decimals than nine, or overflow.
    package init?(decimalText: some StringProtocol) {
        guard let value = FixedDecimal.parse(decimalText, scale: 9) else { return nil }
        self.init(nano: value)
    }
}
