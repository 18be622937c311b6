package import TollbookCore

/// A budget's limit as governance files write it: `25.00 USD`, `1000000 tokens`, `500 requests`.
package enum LimitText {
    /// The unit of a text, and its amount: nano-units of `MoneyText.currency`, tokens, or requests; never negative.
    ///
    /// - Throws: a `RuleViolation` that says what to write.
    package static func parse(_ text: String) throws(RuleViolation) -> (unit: BudgetUnit, amount: Int64) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let unit = countedUnit(parts[1]) else {
            return (.money, try MoneyText.parse(text).nano)
        }
        guard let count = Int64(parts[0]), count >= 0, parts[0].first != "+" else {
            throw RuleViolation(
                "\(Quoted.text(text)) is no number of \(unit.name)",
                "Write a whole number without separators, for example \"1000000 \(unit.name)\".")
        }
        return (unit, count)
    }

    /// As a governance file writes it.
    package static func text(_ amount: Int64, unit: BudgetUnit, currency: String) -> String {
        switch unit {
        case .money: MoneyText.text(NanoAmount(nano: amount), currency: currency)
        case .tokens, .requests: "\(amount) \(unit.name)"
        }
    }

    private static func countedUnit(_ word: some StringProtocol) -> BudgetUnit? {
        switch word {
        case "tokens", "token": .tokens
        case "requests", "request": .requests
        default: nil
        }
    }
}
