import Testing
import TollbookCore

/// Metered quantities: one line a meter, ascending, none of zero.
@Suite struct UsageTests {
    private static func lines(_ quantities: [(Meter, Int64)]) -> [Usage.Line] {
        var usage = Usage()
        for (meter, quantity) in quantities { usage.set(meter, quantity) }
        return usage.lines
    }

    private static let expected = [
        Usage.Line(meter: .input, quantity: 3), Usage.Line(meter: .cacheRead, quantity: 2),
        Usage.Line(meter: .output, quantity: 1),
    ]

    @Test func listsMetersInAscendingOrder() {
        #expect(Self.lines([(.input, 3), (.cacheRead, 2), (.output, 1)]) == Self.expected)
        #expect(Self.lines([(.output, 1), (.input, 3), (.cacheRead, 2)]) == Self.expected)
    }

    @Test func replacesAMeterThatIsSetAgain() {
        #expect(Self.lines([(.input, 9), (.cacheRead, 2), (.output, 8), (.output, 1), (.input, 3)]) == Self.expected)
    }

    @Test func listsNoZero() {
        #expect(Self.lines([(.input, 0), (.output, 5), (.output, 0), (.reasoning, 0)]).isEmpty)
    }
}
