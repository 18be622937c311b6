/// One numeric directive: where it is kept, what it may be, and what it means.
struct DirectiveKey: Sendable {
    let name: String
    let path: any WritableKeyPath<Directives, Int?> & Sendable
    let range: ClosedRange<Int>
    let help: String

    private init(
        _ name: String, _ path: any WritableKeyPath<Directives, Int?> & Sendable, _ range: ClosedRange<Int>,
        _ help: String
    ) {
        self.name = name
        self.path = path
        self.range = range
        self.help = help
    }

    /// Every numeric key in the order in which the help shows them.
    static let all: [DirectiveKey] = counts + times + faults

    /// ``all`` by name.
    static let numbers = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let tokens = 0...SimulatorLimits.tokens
    private static let millis = 0...SimulatorLimits.waitMillis

    private static let counts = [
        DirectiveKey("prompt", \.prompt, tokens, "prompt_tokens as reported"),
        DirectiveKey("completion", \.completion, tokens, "completion_tokens as reported, over all choices"),
        DirectiveKey("cached", \.cached, tokens, "prompt_tokens_details.cached_tokens"),
        DirectiveKey(
            "cache_write", \.cacheWrite, tokens, "prompt_tokens_details.cache_write_tokens; absent if not given"),
        DirectiveKey("audio_in", \.audioIn, tokens, "prompt_tokens_details.audio_tokens"),
        DirectiveKey("reasoning", \.reasoning, tokens, "completion_tokens_details.reasoning_tokens; no text for them"),
        DirectiveKey("audio_out", \.audioOut, tokens, "completion_tokens_details.audio_tokens; no text for them"),
        DirectiveKey("accepted", \.acceptedPrediction, tokens, "completion_tokens_details.accepted_prediction_tokens"),
        DirectiveKey("rejected", \.rejectedPrediction, tokens, "completion_tokens_details.rejected_prediction_tokens"),
        DirectiveKey("chunks", \.chunks, tokens, "content chunks of a stream, per choice (default: one a token)"),
        DirectiveKey("per_write", \.perWrite, 1...10_000, "most content chunks in one write (default: as many as fit)"),
        DirectiveKey("tool_calls", \.toolCalls, 0...SimulatorLimits.toolCalls, "answer with that many tool calls"),
    ]

    private static let times = [
        DirectiveKey("latency_ms", \.latencyMillis, millis, "median time to the head"),
        DirectiveKey("latency_p99_ms", \.latencyP99Millis, millis, "its 99th percentile (default: always the median)"),
        DirectiveKey("tps", \.tokensPerSecond, 1...1_000_000, "tokens per second after the head (default: at once)"),
        DirectiveKey("seed", \.seed, 0...Int.max, "seed of latency and percent"),
    ]

    private static let faults = [
        DirectiveKey("status", \.status, 400...599, "answer with this error status"),
        DirectiveKey("retry_after", \.retryAfterSeconds, -1...86_400, "retry-after of an error (429: 1); -1: none"),
        DirectiveKey("after", \.after, 0...SimulatorLimits.largeContentBytes, "where a fault strikes; default halfway"),
        DirectiveKey(
            "bytes", \.bytes, 0...SimulatorLimits.largeContentBytes,
            "content of fault=large_body, of a picture or of sound"),
        DirectiveKey("gap_ms", \.gapMillis, 0...60_000, "time between bytes of slow_head and drip"),
        DirectiveKey("stall_ms", \.stallMillis, millis, "how long a stall lasts, after which the answer goes on"),
        DirectiveKey("close_after_ms", \.closeAfterMillis, millis, "idle time before keepalive_close closes"),
        DirectiveKey("times", \.times, 0...Int.max, "fault and status strike only a model name's first N calls"),
        DirectiveKey("percent", \.percent, 0...100, "fault and status strike that share of the calls"),
    ]
}
