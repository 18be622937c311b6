/// Disjoint metered quantities of one attempt: no unit is counted under two meters.
package struct Usage: Equatable, Sendable {
    /// One metered quantity; zero quantities are not listed.
    package struct Line: Equatable, Sendable {
        package let meter: Meter
        package let quantity: Int64

        package init(meter: Meter, quantity: Int64) {
            precondition(quantity >= 0, "a metered quantity is never negative")
            self.meter = meter
            self.quantity = quantity
        }
    }

    /// At most one line a meter, in ascending order of the meter's code.
    package private(set) var lines: [Line] = []

    package init() {}

    package init(_ quantities: [Meter: Int64]) {
        for meter in Meter.allCases {
            if let quantity = quantities[meter] { set(meter, quantity) }
        }
    }

    /// Sets a meter's quantity; zero removes its line.
    package mutating func set(_ meter: Meter, _ quantity: Int64) {
        // Meters set in ascending order, as on the path of every call, need no search.
        guard let last = lines.last, last.meter.rawValue >= meter.rawValue else {
            if quantity != 0 { lines.append(Line(meter: meter, quantity: quantity)) }
            return
        }
        lines.removeAll { $0.meter == meter }
        guard quantity != 0 else { return }
        let index = lines.firstIndex { $0.meter.rawValue > meter.rawValue } ?? lines.endIndex
        lines.insert(Line(meter: meter, quantity: quantity), at: index)
    }

    /// The quantity of a meter, zero when it has no line.
    package subscript(meter: Meter) -> Int64 {
        lines.first { $0.meter == meter }?.quantity ?? 0
    }

    /// The sum over the prompt's meters.
    package var inputTokens: Int64 { lines.reduce(0) { $1.meter.isInput ? $0 + $1.quantity : $0 } }

    /// The sum over the answer's meters.
    package var outputTokens: Int64 { lines.reduce(0) { $1.meter.isOutput ? $0 + $1.quantity : $0 } }
}

/// Where a charge's quantity comes from. Raw values are the codes in `charge.usage_source`.
package enum UsageSource: Int, CaseIterable, Sendable {
    /// Reported by the provider in its answer.
    case provider = 1
    /// Counted by Tollbook: tokens with the model's own vocabulary, images of an answer, characters of a request.
    case counted = 2
    /// Estimated from what was seen, or from the hold.
    case estimated = 3
    /// Set by reconciliation against a provider's bill.
    case reconciled = 4

    package var name: String {
        switch self {
        case .provider: "provider"
        case .counted: "counted"
        case .estimated: "estimated"
        case .reconciled: "reconciled"
        }
    }
}
