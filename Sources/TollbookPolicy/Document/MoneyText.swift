package import TollbookCore

/// Money as governance files write it: `25.00 USD`.
package enum MoneyText {
    /// The currency that limits and prices are stated in.
    package static let currency = "USD"

    /// The amount of a text such as `25.00 USD`: never negative, at most nine decimals.
    ///
    /// - Throws: a `RuleViolation` that says what to write.
    package static func parse(_ text: String) throws(RuleViolation) -> NanoAmount {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let amount = NanoAmount(decimalText: parts[0]) else {
            throw RuleViolation(
                "\(Quoted.text(text)) is no amount of money", "Write \"\(guess(text)) \(currency)\".")
        }
        guard parts[1] == currency else {
            throw RuleViolation(
                "\(Quoted.text(parts[1])) is not the currency that prices are stated in",
                "Write \"\(parts[0]) \(currency)\".")
        }
        guard amount.nano >= 0, !parts[0].hasPrefix("-") else {
            throw RuleViolation("the amount is negative", "Write \"\(parts[0].dropFirst()) \(currency)\".")
        }
        return amount
    }

    /// The shortest form with at least two decimals: `25.00 USD`.
    package static func text(_ amount: NanoAmount, currency: String) -> String {
        var digits = Substring(amount.decimalText)
        while digits.hasSuffix("0"), !digits.suffix(3).hasPrefix(".") { digits = digits.dropLast() }
        return "\(digits) \(currency)"
    }

    /// A price per million units in its shortest form with at least two decimals: `0.075`.
    package static func perMillionText(_ price: PicoPrice) -> String {
        let whole = price.picoPerUnit / 1_000_000
        let fraction = String(price.picoPerUnit % 1_000_000)
        var digits = Substring("\(whole)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction)
        while digits.hasSuffix("0"), !digits.suffix(3).hasPrefix(".") { digits = digits.dropLast() }
        return String(digits)
    }

    /// The number in what was written, if there is one that can be read only one way; else an example.
    private static func guess(_ text: String) -> String {
        var number = Substring(text)
        while let first = number.first, !isDigit(first) { number = number.dropFirst() }
        while let last = number.last, !isDigit(last) { number = number.dropLast() }
        let parts = number.split(separator: ",", omittingEmptySubsequences: false)
        // Three digits after a comma may be thousands as well as decimals.
        let decimal = parts.count == 2 && parts[1].count != 3 ? parts.joined(separator: ".") : String(number)
        guard NanoAmount(decimalText: decimal) != nil, decimal.utf8.count <= 20 else { return "25.00" }
        return decimal
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character)
    }
}
