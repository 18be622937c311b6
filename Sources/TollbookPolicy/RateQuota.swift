/// What a rate limit counts over time.
package enum RateCount: String, CaseIterable, Sendable {
    /// Calls.
    case requests
    /// Input and output tokens.
    case tokens
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
}

/// The time over which a rate limit counts.
package enum RateSpan: Int64, CaseIterable, Sendable {
    /// Raw values are seconds.
    case second = 1
    case minute = 60
    case hour = 3_600
    case day = 86_400

    /// As keys and columns end: `minute`.
    package var name: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day"
        }
    }
}

/// One figure of a rate limit: how much of something over which time.
package struct RateQuota: Sendable, Hashable {
    /// What is counted, over which time.
    package struct Kind: Sendable, Hashable {
        package let count: RateCount
        package let span: RateSpan

        package init(_ count: RateCount, _ span: RateSpan) {
            self.count = count
            self.span = span
        }

        /// The key in governance files, and the column of `rate_limit`: `requests_per_minute`.
        package var key: String { "\(count.rawValue)_per_\(span.name)" }

        /// Every kind, in the order of the columns.
        package static let all = RateCount.allCases.flatMap { count in RateSpan.allCases.map { Kind(count, $0) } }
    }

    package let kind: Kind
    package let limit: Int64

    package init(_ kind: Kind, limit: Int64) {
        self.kind = kind
        self.limit = limit
    }
}
