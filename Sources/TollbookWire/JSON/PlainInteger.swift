/// A number collected piece by piece, if it is a whole one from 0 on, written in digits alone.
struct PlainInteger: Sendable {
    private var accumulated: Int64 = 0
    private var isUsable = true

    mutating func append(_ digits: UnsafeRawBufferPointer) {
        for digit in digits {
            let (shifted, isTooLarge) = accumulated.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = shifted.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
            isUsable = isUsable && digit &- UInt8(ascii: "0") < 10 && !isTooLarge && !overflows
            accumulated = sum
        }
    }

    /// The number; nil if it has a sign, a point or an exponent, or is larger than `limit`.
    func value(upTo limit: Int64) -> Int64? {
        isUsable && accumulated <= limit ? accumulated : nil
    }
}
