import Testing
import TollbookPolicy

/// Focus: what a window counts at any second, beside a list of everything that was added.
@Suite struct RateWindowTests {
    @Test func keepsASecondUntilAllOfItIsAMinuteOld() {
        var window = RateWindow(.minute)
        window.add(3, atMicros: 1_000 * 1_000_000)
        window.move(toMicros: 1_060 * 1_000_000)
        #expect(window.total == 3)
        window.move(toMicros: 1_061 * 1_000_000)
        #expect(window.total == 0)
    }

    @Test func tellsWhenThereIsRoom() {
        var window = RateWindow(.minute)
        for second: Int64 in [1_000, 1_010, 1_020] { window.add(2, atMicros: second * 1_000_000) }
        window.move(toMicros: 1_030 * 1_000_000)
        #expect(window.seconds(untilAtMost: 6) == 0)
        #expect(window.seconds(untilAtMost: 5) == 31)
        #expect(window.seconds(untilAtMost: 3) == 41)
        #expect(window.seconds(untilAtMost: 0) == 51)
        window.move(toMicros: 1_061 * 1_000_000)
        #expect(window.total == 4)
    }

    @Test func takesBackWhatWasReservedOnlyWhileItCounts() {
        var window = RateWindow(.minute)
        window.add(100, atMicros: 1_000 * 1_000_000)
        window.add(-70, atMicros: 1_000 * 1_000_000)
        #expect(window.total == 30)
        window.move(toMicros: 1_100 * 1_000_000)
        window.add(-30, atMicros: 1_000 * 1_000_000)
        #expect(window.total == 0)
    }

    /// No span, wherever it begins, holds more than went in during it: beside a list of everything that was added.
    @Test(arguments: RateSpan.allCases)
    func neverForgetsWithinItsSpan(span: RateSpan) {
        var random = Steps(state: UInt64(span.rawValue))
        var window = RateWindow(span)
        var added: [Int64] = []
        var now: Int64 = 1_700_000_000_000_000
        let micros = span.rawValue * 1_000_000
        for _ in 0..<3_000 {
            now += random.next(below: micros / 50)
            window.move(toMicros: now)
            window.add(1, atMicros: now)
            added.append(now)
            let within = added.suffix(400).count { now - $0 < micros }
            let nearly = added.suffix(400).count { now - $0 < micros + micros / 30 }
            #expect((within...nearly).contains(Int(window.total)))
        }
    }

    @Test func beginsAnewWhenTheClockIsSetBack() {
        var window = RateWindow(.minute)
        window.add(5, atMicros: 10_000 * 1_000_000)
        window.move(toMicros: 9_990 * 1_000_000)
        #expect(window.total == 5)
        window.move(toMicros: 5_000 * 1_000_000)
        #expect(window.total == 0)
        window.add(1, atMicros: 5_000 * 1_000_000)
        #expect(window.total == 1)
    }

    /// Additions at random seconds, some of them late; the seed is in the test's name.
    @Test(arguments: [1, 7, 99] as [UInt64])
    func countsWhatAListCounts(seed: UInt64) {
        var random = Steps(state: seed)
        var window = RateWindow(.minute)
        var added: [(second: Int64, amount: Int64)] = []
        var now: Int64 = 5_000
        for _ in 0..<5_000 {
            now += random.next(below: 4) == 0 ? random.next(below: 90) : random.next(below: 2)
            window.move(toMicros: now * 1_000_000)
            let second = now - random.next(below: 70)
            let amount = random.next(below: 50)
            window.add(amount, atMicros: second * 1_000_000)
            added.append((second, amount))
            let expected = added.reduce(Int64(0)) { now - $1.second < 61 ? $0 + $1.amount : $0 }
            #expect(window.total == expected)
            let room = random.next(below: 200)
            let wait = (0...61).first { wait in
                added.reduce(Int64(0)) { now + Int64(wait) - $1.second < 61 ? $0 + $1.amount : $0 } <= room
            }
            #expect(window.seconds(untilAtMost: room) == wait.map(Int64.init))
            if added.count > 200 { added.removeFirst(100) }
        }
    }

    private struct Steps {
        var state: UInt64

        mutating func next(below bound: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % bound
        }
    }
}
