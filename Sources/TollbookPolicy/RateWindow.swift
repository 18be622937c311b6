/// What was counted over the time just passed, in sixty slots.
///
/// A slot's count leaves when the whole slot is a span old, so that no span, wherever it begins, holds more than a
/// limit lets in; what a caller waits for it is at most a sixtieth of the span too long. Pure: time comes in.
package struct RateWindow: Sendable, Equatable {
    /// Slots that a count stays: the sixty before the one under way, and that one.
    private static let slotsKept: Int64 = 61
    /// A power of two above `slotsKept`; a slot's place is its remainder.
    private static let places = 64

    package let span: RateSpan
    private var counts: [Int64] = Array(repeating: 0, count: places)
    /// The newest slot seen, counted from 1970.
    private var newest: Int64 = 0
    /// The sum of the counts in the window.
    package private(set) var total: Int64 = 0

    package init(_ span: RateSpan) {
        self.span = span
    }

    /// Microseconds of a slot, rounded up so that sixty are a span at least.
    private var slotMicros: Int64 { (span.rawValue * 1_000_000 + 59) / 60 }

    /// How long a count stays, at most.
    package var keptMicros: Int64 { Self.slotsKept * slotMicros }

    /// Lets go of what is too old at a time. A clock that was set back by more than a window begins an empty one.
    package mutating func move(toMicros micros: Int64) {
        move(to: micros / slotMicros)
    }

    /// Adds to the count of a time; what is not in the window any more is not counted. The amount may be negative, to
    /// take back a part of what was added.
    package mutating func add(_ amount: Int64, atMicros micros: Int64) {
        let slot = micros / slotMicros
        if slot > newest { move(to: slot) }
        guard newest - slot < Self.slotsKept else { return }
        counts[Self.place(slot)] += amount
        total += amount
    }

    /// Whole seconds until no more than `room` is left in the window, rounded up; 0: so it is now.
    package func seconds(untilAtMost room: Int64) -> Int64 {
        var left = total
        var slots: Int64 = 0
        while left > room, slots < Self.slotsKept {
            left -= counts[Self.place(newest - Self.slotsKept + 1 + slots)]
            slots += 1
        }
        return (slots * slotMicros + 999_999) / 1_000_000
    }

    private mutating func move(to slot: Int64) {
        guard slot != newest else { return }
        if slot > newest {
            if slot - newest >= Self.slotsKept { return empty(at: slot) }
            for passed in newest + 1...slot { drop(passed - Self.slotsKept) }
            newest = slot
        } else if newest - slot >= Self.slotsKept {
            empty(at: slot)
        }
    }

    private mutating func empty(at slot: Int64) {
        for index in counts.indices { counts[index] = 0 }
        total = 0
        newest = slot
    }

    private mutating func drop(_ slot: Int64) {
        let place = Self.place(slot)
        total -= counts[place]
        counts[place] = 0
    }

    private static func place(_ slot: Int64) -> Int { Int(slot & Int64(places - 1)) }
}
