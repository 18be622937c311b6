/// What was counted in the last minute, second by second.
///
/// A second's count leaves when the whole second is a minute old, so that no 60 seconds, wherever they begin, hold more
/// than a limit lets in; what a caller waits for it is at most a second too long. Pure: time comes in.
package struct MinuteWindow: Sendable, Equatable {
    /// Seconds that a count stays: the sixty before the one under way, and that one.
    package static let seconds: Int64 = 61
    /// A power of two above `seconds`; a second's place is its remainder.
    private static let slots = 64

    private var counts: [Int64] = Array(repeating: 0, count: slots)
    /// The newest second seen, since 1970.
    private var newest: Int64 = 0
    /// The sum of the counts in the window.
    package private(set) var total: Int64 = 0

    package init() {}

    /// Lets go of what is too old at `second`. A clock that was set back by more than a window begins an empty one.
    package mutating func move(to second: Int64) {
        guard second != newest else { return }
        if second > newest {
            if second - newest >= Self.seconds { return empty(at: second) }
            for passed in newest + 1...second { drop(passed - Self.seconds) }
            newest = second
        } else if newest - second >= Self.seconds {
            empty(at: second)
        }
    }

    /// Adds to the second's count; what is not in the window any more is not counted. The amount may be negative, to
    /// take back a part of what was added.
    package mutating func add(_ amount: Int64, at second: Int64) {
        if second > newest { move(to: second) }
        guard newest - second < Self.seconds else { return }
        counts[Self.slot(second)] += amount
        total += amount
    }

    /// Whole seconds until no more than `room` is left in the window; 0: so it is now.
    package func seconds(untilAtMost room: Int64) -> Int64 {
        var left = total
        var wait: Int64 = 0
        while left > room, wait < Self.seconds {
            left -= counts[Self.slot(newest - Self.seconds + 1 + wait)]
            wait += 1
        }
        return wait
    }

    private mutating func empty(at second: Int64) {
        for index in counts.indices { counts[index] = 0 }
        total = 0
        newest = second
    }

    private mutating func drop(_ second: Int64) {
        let slot = Self.slot(second)
        total -= counts[slot]
        counts[slot] = 0
    }

    private static func slot(_ second: Int64) -> Int { Int(second & Int64(slots - 1)) }
}
