/// A number collected piece by piece, if it is one from 0 on without an exponent.
struct PlainDecimal: Sendable {
    private var accumulated: Int64 = 0
    private var isUsable = true
    private var hasPoint = false
    private var hasFraction = false

    mutating func append(_ text: UnsafeRawBufferPointer) {
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10, hasPoint {
                hasFraction = hasFraction || digit > 0
            } else if digit < 10 {
                let (shifted, isTooLarge) = accumulated.multipliedReportingOverflow(by: 10)
                let (sum, overflows) = shifted.addingReportingOverflow(Int64(digit))
                isUsable = isUsable && !isTooLarge && !overflows
                accumulated = sum
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                isUsable = false
            }
        }
    }

    /// The number; nil if it has a sign, a fraction or an exponent, or is too large.
    var whole: Int64? { isUsable && !hasPoint ? accumulated : nil }

    /// The next whole number that is not below it; nil if it has a sign or an exponent, or is too large.
    var roundedUp: Int64? { isUsable && accumulated < .max ? accumulated + (hasFraction ? 1 : 0) : nil }
}
