#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Repeatable random numbers of one call: the same seed and call number give the same draws (SplitMix64).
struct Draw: Sendable {
    private var state: UInt64

    init(seed: UInt64, call: Int) {
        state = seed &* 0xd134_2543_de82_ef95 &+ UInt64(truncatingIfNeeded: call) &* 0x9e37_79b9_7f4a_7c15
    }

    /// A number in 0..<1.
    mutating func unit() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return Double(mixed >> 11) * 0x1p-53
    }

    /// A log-normal time with the given median and 99th percentile, in nanoseconds; without a percentile above the
    /// median, always the median. At most ten times the percentile, so that one draw cannot hang a test.
    mutating func latencyNanos(medianMillis: Int, p99Millis: Int?) -> Int {
        let median = Double(medianMillis) * 1e6
        guard let p99Millis, p99Millis > medianMillis, medianMillis > 0 else { return Int(median) }
        // Box-Muller; 2.3263 is the normal distribution's 99th percentile.
        let normal = (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit())
        let sigma = log(Double(p99Millis) / Double(medianMillis)) / 2.3263
        return Int(min(median * exp(sigma * normal), Double(p99Millis) * 1e7))
    }
}
