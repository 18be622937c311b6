import Testing
import TollbookCore

@Suite struct ClockStepsTests {
    @Test(
        arguments: [
            (900_000, nil), (-900_000, nil), (1_100_000, 1_100_000), (-7_200_000_000, -7_200_000_000),
        ] as [(Int64, Int64?)])
    func findsStepsOverASecond(moved: Int64, expected: Int64?) {
        var steps = ClockSteps(wallMicros: 1_000_000_000, monotonicMicros: 0)
        #expect(steps.step(wallMicros: 1_001_000_000, monotonicMicros: 1_000_000) == nil)
        #expect(steps.step(wallMicros: 1_002_000_000 + moved, monotonicMicros: 2_000_000) == expected)
        #expect(steps.step(wallMicros: 1_003_000_000 + moved, monotonicMicros: 3_000_000) == nil)
    }

    @Test func takesNoSlewForAStep() {
        var steps = ClockSteps(wallMicros: 0, monotonicMicros: 0)
        for second in Int64(1)...3_600 {
            #expect(steps.step(wallMicros: second * 1_001_000, monotonicMicros: second * 1_000_000) == nil)
        }
    }
}
