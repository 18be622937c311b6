/// What gave rise to a charge. Raw values are stored; `vocabulary` domain `charge_origin`.
package enum ChargeOrigin: Int, VocabularyCode {
    package static let domain = "charge_origin"

    /// A call made through the gateway.
    case request = 1
    /// A batch job at the provider.
    case batch = 2
    /// Capacity paid whether used or not.
    case capacity = 3
    /// A line of a provider's bill.
    case invoiceLine = 4
    /// An adjustment by hand.
    case adjustment = 5
}

/// What a charge is for. Raw values are stored; `vocabulary` domain `charge_kind`.
package enum ChargeKind: Int, VocabularyCode {
    package static let domain = "charge_kind"

    /// Metered use.
    case usage = 1
    /// Corrects an earlier charge.
    case correction = 2
    /// A credit.
    case credit = 3
    /// A discount.
    case discount = 4
    /// A margin for charge-back.
    case margin = 5
    /// Moves cost between projects.
    case reallocation = 6
    /// A price entered after the fact.
    case rerating = 7
}

/// The phase of a transfer. Raw values are stored; `vocabulary` domain `transfer_kind`.
package enum TransferKind: Int, VocabularyCode {
    package static let domain = "transfer_kind"

    /// Reserves an amount.
    case pending = 1
    /// Posts part of a pending amount.
    case post = 2
    /// Releases what is left of a pending amount.
    case void = 3
    /// Posts without a reservation.
    case single = 4
}

/// Why a transfer was made. Raw values are stored; `vocabulary` domain `transfer_code`.
package enum TransferCode: Int, VocabularyCode {
    package static let domain = "transfer_code"

    /// The worst case, reserved before the call.
    case hold = 1
    /// More of the worst case, before a further attempt.
    case topUp = 2
    /// What was spent above the hold; never checked against a limit.
    case overrun = 3
    /// One charge.
    case charge = 4
    /// The rest of a hold.
    case release = 5
}

/// What an account collects. Raw values are stored; `vocabulary` domain `account_kind`.
package enum AccountKind: Int, VocabularyCode {
    package static let domain = "account_kind"

    /// What a project spent.
    case projectExpense = 1
    /// What is owed to a provider.
    case providerPayable = 2
    /// Not yet attributed.
    case suspense = 3
    /// Credits.
    case credit = 4
}
