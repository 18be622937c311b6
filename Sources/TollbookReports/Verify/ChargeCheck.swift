internal import TollbookCore

/// Checks each charge: its quantity times its price, and that the price was one for it.
///
/// A price is chosen when the call is planned, which is at its acceptance: one that was in force then, or at the
/// attempt's start, is right.
struct ChargeCheck {
    let call: StoredCall
    let request: StoredCall.Request
    let references: ReferenceBook
    let log: FindingLog

    func run() {
        for (position, charge) in call.charges.enumerated() {
            if charge.ordinal != Int64(position) {
                return found(charge, "ordinal \(position) is missing before it")
            }
            check(charge)
        }
    }

    private func found(_ charge: StoredCall.Charge, _ message: String) {
        log.add(.charge, "charge", "\(call.text)/\(charge.ordinal)", at: charge.logIndex, message)
    }

    private func check(_ charge: StoredCall.Charge) {
        guard Meter(rawValue: Int(truncatingIfNeeded: charge.meter)) != nil else {
            return found(charge, "meter \(charge.meter) is not known")
        }
        let attempt = call.attempt(charge.attemptOrdinal)
        if charge.attemptOrdinal != nil, attempt == nil { found(charge, "its attempt is not there") }
        if let attempt, attempt.startedMicros != charge.usageAtMicros {
            found(charge, "its usage is not dated at the attempt's start")
        }
        guard let priceID = charge.priceID else { return }
        guard let price = references.prices[priceID] else {
            return found(charge, "it names price \(priceID), which is not there")
        }
        if Self.amount(charge.quantity, picoPerUnit: price.picoPerUnit) != charge.amountNano {
            found(charge, "its amount is not quantity times price")
        }
        if charge.currency != price.currency { found(charge, "its currency is not the price's") }
        if !Self.serves(price.meter, charge.meter) { found(charge, "price \(priceID) is for another meter") }
        checkPlace(charge, price, attempt)
        checkTime(charge, price)
    }

    private func checkPlace(
        _ charge: StoredCall.Charge, _ price: ReferenceBook.Price, _ attempt: StoredCall.Attempt?
    ) {
        guard let attempt else { return }
        if price.providerID != attempt.providerID { found(charge, "its price is another provider's") }
        let model = references.deployments.model(deploymentID: attempt.deploymentID, revision: request.revision)
        if let model, model != price.model { found(charge, "its price is another model's") }
    }

    private func checkTime(_ charge: StoredCall.Charge, _ price: ReferenceBook.Price) {
        func isInForce(_ micros: Int64) -> Bool {
            micros >= price.fromMicros && micros < price.toMicros ?? .max
        }
        guard !isInForce(charge.usageAtMicros), !isInForce(request.acceptedMicros) else { return }
        found(charge, "its price was not in force at its time")
    }

    /// A meter without a price of its own is billed as another one.
    private static func serves(_ priced: Int64, _ charged: Int64) -> Bool {
        var candidate = Meter(rawValue: Int(truncatingIfNeeded: charged))
        while let meter = candidate {
            if Int64(meter.rawValue) == priced { return true }
            candidate = meter.fallback
        }
        return false
    }

    /// Quantity times price, rounded half to even; reversals mirror what they reverse.
    private static func amount(_ quantity: Int64, picoPerUnit: Int64) -> Int64? {
        guard picoPerUnit >= 0, quantity > .min else { return nil }
        let amount = PicoPrice(picoPerUnit: picoPerUnit).amount(quantity: abs(quantity))?.nano
        return quantity < 0 ? amount.map { -$0 } : amount
    }
}
