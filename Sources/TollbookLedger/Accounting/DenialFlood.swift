internal import TollbookCore

/// Keeps a flood of refused calls from filling the disk: per key and reason the first thousand in a minute have rows
/// of their own, the rest is counted and written as one event a second.
struct DenialFlood {
    struct Key: Hashable {
        let keyID: Int64
        let reason: DecisionReason
    }

    private struct Window {
        var minute: Int64
        var rows: Int
    }

    private static let minuteMicros: Int64 = 60_000_000
    private static let secondMicros: Int64 = 1_000_000

    private var windows: [Key: Window] = [:]
    private var counted: [Key: Int64] = [:]
    private var countedSinceMicros: Int64 = 0

    /// Whether refusals wait to be written as an event.
    var hasCounted: Bool { !counted.isEmpty }

    /// Whether the refusal gets rows of its own; otherwise it is counted here.
    mutating func admits(keyID: Int64, reason: DecisionReason, nowMicros: Int64) -> Bool {
        let key = Key(keyID: keyID, reason: reason)
        let minute = nowMicros / Self.minuteMicros
        var window = windows[key] ?? Window(minute: minute, rows: 0)
        if window.minute != minute { window = Window(minute: minute, rows: 0) }
        window.rows += 1
        windows[key] = window
        guard window.rows > LedgerLimits.denialRowsPerMinute else { return true }
        if counted.isEmpty { countedSinceMicros = nowMicros }
        counted[key, default: 0] += 1
        return false
    }

    /// What was counted, once a second has passed since the first; empty before.
    mutating func takeDue(nowMicros: Int64) -> [(key: Key, count: Int64)] {
        guard !counted.isEmpty, nowMicros - countedSinceMicros >= Self.secondMicros else { return [] }
        let due = counted.map { (key: $0.key, count: $0.value) }
            .sorted { ($0.key.keyID, $0.key.reason.rawValue) < ($1.key.keyID, $1.key.reason.rawValue) }
        counted.removeAll()
        // Old windows are dropped here, so that keys that went quiet cost nothing.
        let minute = nowMicros / Self.minuteMicros
        windows = windows.filter { $0.value.minute == minute }
        return due
    }
}
