package import TollbookCore

/// A spend report, with what it was made of.
package struct SpendResult: Sendable, Equatable {
    /// One group in one currency.
    package struct Row: Sendable, Equatable {
        /// One for each dimension, in their order; nil: the request had none.
        package let labels: [String?]
        /// Requests accepted in the period, refused and open ones too.
        package let requests: Int64
        /// Of these, refused by a decision.
        package let denied: Int64
        /// Of these, with at least one charge whose quantity was estimated.
        package let estimated: Int64
        /// Of these, with at least one charge without a price: their cost is unknown, not zero.
        package let unpriced: Int64
        /// Of these, without an outcome as of the index.
        package let openHolds: Int64
        /// The sum of the charges that have a price.
        package let spend: NanoAmount
        /// ISO 4217.
        package let currency: String
    }

    package let asOfIndex: Int64
    package let fromMicros: Int64
    package let toMicros: Int64
    package let timeZone: String
    package let basis: SpendQuery.Basis
    package let dimensions: [SpendDimension]
    /// What the report was narrowed to.
    package let filter: SpendQuery.Filter
    /// Ordered by labels (none last), then currency.
    package let rows: [Row]
}
