internal import TollbookCore

/// Sums that know about overflow.
enum CheckedSum {
    /// The sum; nil stays nil, and so does what does not fit: unknown is never zero.
    static func adding(_ sum: Int64?, _ value: Int64?) -> Int64? {
        guard let sum, let value else { return nil }
        let (result, overflow) = sum.addingReportingOverflow(value)
        return overflow ? nil : result
    }

    /// The sum.
    ///
    /// - Throws: `amount_overflow`.
    static func exact(_ sum: Int64, _ value: Int64) throws -> Int64 {
        let (result, overflow) = sum.addingReportingOverflow(value)
        guard !overflow else {
            throw TollbookError(
                .amountOverflow, "a sum does not fit 63 bits",
                hint: "Run `tollbook verify`; no sound ledger holds such amounts.")
        }
        return result
    }
}
