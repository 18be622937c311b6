/// The wall clock, read in microseconds UTC since 1970. Injected, so that tests turn it by hand.
package protocol WallClock: Sendable {
    func nowMicros() -> Int64
}
