import Testing
import TollbookCore

@Suite struct RequestIDTests {
    private static let noon: Int64 = 1_795_348_800_000_000
    private static let hour: Int64 = 3_600_000_000

    @Test func textComesBack() throws {
        let id = RequestID(rawValue: 3_765_162_772_709_572_608)
        #expect(RequestID(text: id.text) == id)
        #expect(RequestID(text: id.text.uppercased().replacing("REQ_", with: "req_")) == id)
        #expect(RequestID(text: "req_zzz") == nil && RequestID(text: id.text + "0") == nil)
    }

    @Test func ascendWithinAMillisecondAndPastItsNumbers() {
        var generator = RequestIDGenerator(node: 3)
        var last = generator.next(nowMicros: Self.noon)
        for _ in 0..<20_000 {
            let next = generator.next(nowMicros: Self.noon)
            #expect(next > last)
            last = next
        }
    }

    @Test func ascendThroughASmallStepBack() {
        var generator = RequestIDGenerator(node: 0)
        let first = generator.next(nowMicros: Self.noon)
        #expect(generator.next(nowMicros: Self.noon - Self.hour / 4) > first)
    }

    /// Reports look for a request within an hour of its id.
    @Test(arguments: [1, 2, 24, 24 * 365]) func followTheClockThroughALargeStepBack(hours: Int64) {
        var generator = RequestIDGenerator(node: 0)
        _ = generator.next(nowMicros: Self.noon)
        let now = Self.noon - hours * Self.hour
        let id = generator.next(nowMicros: now)
        #expect(id.rawValue >> 21 == now / 1_000)
    }

    @Test func differWhenATimeComesTwice() {
        var generator = RequestIDGenerator(node: 0)
        var seen: Set<RequestID> = []
        for _ in 0..<8 {
            for step in Int64(0)..<100 {
                let id = generator.next(nowMicros: Self.noon + step * 500)
                #expect(seen.insert(id).inserted)
            }
            _ = generator.next(nowMicros: Self.noon + 2 * Self.hour)
        }
    }

    @Test(arguments: [-2 * hour, -hour / 4, 0, 2 * hour]) func differFromThoseOfAnEarlierRun(step: Int64) {
        var earlier = RequestIDGenerator(node: 0)
        let made = (0..<50).map { earlier.next(nowMicros: Self.noon + Int64($0) * 700) }
        let again = (0..<50).map { Self.noon + step + Int64($0) * 700 }
        var generator = RequestIDGenerator(node: 0, after: made.max())
        #expect(Set(made).isDisjoint(with: again.map { generator.next(nowMicros: $0) }))
        // The same times once more, after the step back that makes them so.
        if step < 0 {
            var restarted = RequestIDGenerator(node: 0, after: made.max())
            #expect(Set(made).isDisjoint(with: (0..<50).map { restarted.next(nowMicros: Self.noon + Int64($0) * 700) }))
        }
    }
}
