/// The calls of one event loop that wait for the ledger or a provider, found again by ticket.
///
/// A ticket names a slot and its generation, so that a late answer never meets the slot's next call.
struct CallTable {
    private struct Slot {
        var call: Call?
        var generation: UInt32 = 0
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// Calls in the table.
    var count: Int { slots.count - free.count }

    /// Adds a call and returns its ticket.
    mutating func insert(_ call: Call) -> UInt64 {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(index)].call = call
        return UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
    }

    /// The call of a ticket; nil when it has been removed.
    subscript(ticket: UInt64) -> Call? {
        let slot = slots[Int(UInt32(truncatingIfNeeded: ticket))]
        return slot.generation == UInt32(truncatingIfNeeded: ticket >> 32) ? slot.call : nil
    }

    /// Removes a call; its ticket is never given again within 2^32 uses of the slot.
    mutating func remove(_ ticket: UInt64) {
        let index = UInt32(truncatingIfNeeded: ticket)
        guard self[ticket] != nil else { return }
        slots[Int(index)].call = nil
        slots[Int(index)].generation &+= 1
        free.append(index)
    }

    /// Every call now in the table.
    var all: [Call] { slots.compactMap(\.call) }
}
