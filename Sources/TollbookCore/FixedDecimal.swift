/// Exact parsing of plain decimal text into a scaled integer.
package enum FixedDecimal {
    /// The value of `text` times 10^`scale`, or nil when it is not a plain decimal, has more than
    /// `scale` decimals, or does not fit Int64.
    package static func parse(_ text: some StringProtocol, scale: Int) -> Int64? {
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : []
        guard parts.count == 1 || !fraction.isEmpty, fraction.count <= scale else { return nil }
        var value: Int64 = 0
        for byte in whole + fraction {
            guard let next = append(digit: byte, to: value) else { return nil }
            value = next
        }
        for _ in fraction.count..<scale {
            guard let next = append(digit: UInt8(ascii: "0"), to: value) else { return nil }
            value = next
        }
        return negative ? -value : value
    }

    private static func append(digit: UInt8, to value: Int64) -> Int64? {
        guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        let (sum, carried) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
        return carried ? nil : sum
    }
}
