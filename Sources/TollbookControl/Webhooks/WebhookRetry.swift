/// How long to wait between two tries of a delivery.
package struct WebhookRetry: Sendable {
    /// Tries in a row that failed.
    package private(set) var failures = 0

    package init() {}

    /// The event came through.
    package mutating func succeeded() {
        failures = 0
    }

    /// The wait after one more failure: doubled with each, up to the longest, less a random part of its half; no
    /// shorter than what the receiver asks for, within the longest.
    ///
    /// - Parameter askedSeconds: the receiver's `retry-after`.
    package mutating func failed(
        askedSeconds: Int64?, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let longest = ControlLimits.webhookRetryMillisMaximum
        // 2^20 first waits are far beyond the longest.
        let whole = min(longest, ControlLimits.webhookRetryMillis << Int64(min(failures, 20)))
        failures += 1
        let asked = min(longest, max(0, min(askedSeconds ?? 0, longest)) * 1_000)
        return .milliseconds(max(asked, Int64.random(in: whole / 2...whole, using: &generator)))
    }
}
