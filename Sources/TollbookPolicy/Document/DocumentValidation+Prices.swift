internal import TollbookCore

extension DocumentValidation {
    mutating func checkPrices(_ prices: [PriceEntry]) {
        var taken: [String: PriceEntry] = [:]
        for price in prices {
            checkName(price.model, "model", price.location, allowsSlash: true)
            checkInterval(price)
            checkPerMillion(price)
            checkText(price.source, "source", price.location)
            for meter in price.perMillion.keys.sorted() {
                let from = UTCTime.parse(price.effectiveFrom).map(String.init) ?? price.effectiveFrom
                let key = [price.provider, price.model, from, meter].joined(separator: "\n")
                guard let earlier = taken.updateValue(price, forKey: key) else { continue }
                let place = earlier.location.map { " (the first is at \($0.start))" } ?? ""
                refuse(
                    RuleViolation(
                        "the price of \(meter) from \(price.effectiveFrom) is told twice\(place)",
                        "Remove one of the two."),
                    "per_million/\(meter)", price.location)
            }
        }
    }

    private mutating func checkInterval(_ price: PriceEntry) {
        let from = checked(price.effectiveFrom, "effective_from", price.location, Self.time)
        guard let end = price.effectiveTo, let to = checked(end, "effective_to", price.location, Self.time),
            let from, to <= from
        else { return }
        refuse(
            RuleViolation("effective_to is not after effective_from", "Write a later date, or leave it out."),
            "effective_to", price.location)
    }

    private mutating func checkPerMillion(_ price: PriceEntry) {
        if price.perMillion.isEmpty {
            refuse(
                RuleViolation("the price names no meter", "Write for example per_million: {input: \"0.15\"}."),
                "per_million", price.location)
        }
        for (name, text) in price.perMillion.sorted(by: { $0.key < $1.key }) {
            checked(name, "per_million/\(name)", price.location, Self.meter)
            checked(text, "per_million/\(name)", price.location, Self.perMillion)
        }
    }

    private static func time(_ text: String) throws(RuleViolation) -> Int64 {
        if let micros = UTCTime.parse(text) { return micros }
        throw RuleViolation(
            "\(Quoted.text(text)) is no date and no time in UTC", "Write 2026-01-01 or 2026-01-01T08:30:00Z.")
    }

    private static func meter(_ name: String) throws(RuleViolation) -> Meter {
        if let meter = Meter(name: name) { return meter }
        let names = Meter.allCases.map(\.name)
        let advice = Suggestion.nearest(to: name, in: names) ?? "one of \(Quoted.alternatives(names))"
        throw RuleViolation("\(Quoted.text(name)) is no meter", "Write \(advice).")
    }

    private static func perMillion(_ text: String) throws(RuleViolation) -> PicoPrice {
        if let price = PicoPrice(perMillionText: text) { return price }
        let advice = "Write a plain decimal with at most six decimals, for example \"0.15\"."
        if text.hasPrefix("-") { throw RuleViolation("the price is negative", advice) }
        throw RuleViolation("\(Quoted.text(text)) is no price", advice)
    }
}
