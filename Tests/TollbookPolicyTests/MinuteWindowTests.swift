import Testing
import TollbookPolicy

/// Focus: what a window counts at any second, beside a list of everything that was added.
@Suite struct MinuteWindowTests {
    @Test func keepsASecondUntilAllOfItIsAMinuteOld() {
        var window = MinuteWindow()
        window.add(3, at: 1_000)
        window.move(to: 1_060)
        #expect(window.total == 3)
        window.move(to: 1_061)
        #expect(window.total == 0)
    }

    @Test func tellsWhenThereIsRoom() {
        var window = MinuteWindow()
        for second: Int64 in [1_000, 1_010, 1_020] { window.add(2, at: second) }
        window.move(to: 1_030)
        #expect(window.seconds(untilAtMost: 6) == 0)
        #expect(window.seconds(untilAtMost: 5) == 31)
        #expect(window.seconds(untilAtMost: 3) == 41)
        #expect(window.seconds(untilAtMost: 0) == 51)
        window.move(to: 1_061)
        #expect(window.total == 4)
    }

    @Test func takesBackWhatWasReservedOnlyWhileItCounts() {
        var window = MinuteWindow()
        window.add(100, at: 1_000)
        window.add(-70, at: 1_000)
        #expect(window.total == 30)
        window.move(to: 1_100)
        window.add(-30, at: 1_000)
        #expect(window.total == 0)
    }

    @Test func beginsAnewWhenTheClockIsSetBack() {
        var window = MinuteWindow()
        window.add(5, at: 10_000)
        window.move(to: 9_990)
        #expect(window.total == 5)
        window.move(to: 5_000)
        #expect(window.total == 0)
        window.add(1, at: 5_000)
        #expect(window.total == 1)
    }

    /// Additions at random seconds, some of them late; the seed is in the test's name.
    @Test(arguments: [1, 7, 99] as [UInt64])
    func countsWhatAListCounts(seed: UInt64) {
        var random = Steps(state: seed)
        var window = MinuteWindow()
        var added: [(second: Int64, amount: Int64)] = []
        var now: Int64 = 5_000
        for _ in 0..<5_000 {
            now += random.next(below: 4) == 0 ? random.next(below: 90) : random.next(below: 2)
            window.move(to: now)
            let second = now - random.next(below: 70)
            let amount = random.next(below: 50)
            window.add(amount, at: second)
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
