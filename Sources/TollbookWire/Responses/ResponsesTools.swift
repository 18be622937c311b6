internal import NIOCore
internal import TollbookCore

/// What the provider's own tools did for a response, beyond its tokens.
struct ResponsesTools: Sendable {
    /// Web searches.
    private(set) var searches = 0
    /// Whether there was anything else that the provider charges for.
    private(set) var hasUncounted = false

    mutating func add(_ items: ResponsesItems) {
        searches += items.searches
        hasUncounted = hasUncounted || items.hasUncounted
    }

    /// What either of two accounts of the same response tells.
    func merged(with other: ResponsesTools) -> ResponsesTools {
        var merged = self
        merged.searches = max(searches, other.searches)
        merged.hasUncounted = hasUncounted || other.hasUncounted
        return merged
    }
}

extension UsageReport {
    /// A response's usage object and its tools.
    ///
    /// - Parameter hasText: whether there is an answer; zeros beside one are no usage. OpenAI has told such of answers
    ///   that were cut at their limit.
    init(responses raw: ByteBuffer?, tools: ResponsesTools, hasText: Bool) {
        self.init()
        guard let raw else { return }
        self.raw = String(buffer: raw)
        guard let read = OpenAIUsage(raw, names: .responses), !(hasText && read.usage.lines.isEmpty) else { return }
        var usage = read.usage
        usage.set(.search, Int64(tools.searches))
        self.usage = usage
        isInconsistent = read.isInconsistent
        hasUncounted = tools.hasUncounted
    }
}
