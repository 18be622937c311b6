package import NIOCore
package import TollbookCore

/// Anthropic's usage objects as disjoint meters.
///
/// `input_tokens` leaves out what was read from or written to the cache; `output_tokens` has the thinking tokens in
/// it. What a model used that the provider asked for advice is in none of the totals.
package struct AnthropicUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether the numbers contradict each other or a part was unusable. Parts were then cut to fit their whole.
    package let isInconsistent: Bool
    /// Whether it tells of another model's tokens, which have another price.
    package let hasUncounted: Bool
    /// Whether `output_tokens` was told.
    package let hasOutput: Bool
    /// Whether it tells of the cache by Anthropic's own names, which OpenAI's form has not.
    let tellsCache: Bool

    /// Reads raw usage objects; nil when `input_tokens` is in neither of them, or is no usable number.
    ///
    /// - Parameters:
    ///   - start: that of `message_start`; nil: there is none, as in a plain answer.
    ///   - totals: that of the last `message_delta`, whose numbers are running totals and replace those of the start,
    ///     or a plain answer's only one.
    package init?(start: ByteBuffer?, totals: ByteBuffer?) {
        var numbers = AnthropicUsageNumbers()
        for raw in [start, totals] {
            guard let raw else { continue }
            guard raw.withUnsafeReadableBytes({ numbers.read($0) }) else { return nil }
        }
        guard let input = numbers[.input] else { return nil }
        var isInconsistent = numbers.hasUnusablePart
        let split5m = numbers[.cacheWrite5m] ?? 0
        let split1h = numbers[.cacheWrite1h] ?? 0
        let written = numbers[.cacheWrite] ?? split5m + split1h
        if split5m + split1h > written { isInconsistent = true }
        let output = numbers[.output] ?? 0
        let thinking = min(numbers[.thinking] ?? 0, output)
        if thinking < numbers[.thinking] ?? 0, numbers[.output] != nil { isInconsistent = true }
        // In ascending order of the meters' codes, which costs a usage no search.
        var usage = Usage()
        usage.set(.input, input)
        usage.set(.cacheRead, numbers[.cacheRead] ?? 0)
        usage.set(.cacheWrite, max(0, written - split5m - split1h))
        usage.set(.cacheWrite5m, split5m)
        usage.set(.cacheWrite1h, split1h)
        usage.set(.output, output - thinking)
        usage.set(.reasoning, thinking)
        usage.set(.search, numbers[.searches] ?? 0)
        self.usage = usage
        self.isInconsistent = isInconsistent
        hasUncounted = numbers.hasAdvisor
        hasOutput = numbers[.output] != nil
        tellsCache = numbers[.cacheRead] != nil || numbers[.cacheWrite] != nil
    }
}

extension Usage {
    /// The prompt's meters alone.
    var promptOnly: Usage {
        var prompt = Usage()
        for line in lines where line.meter.isInput { prompt.set(line.meter, line.quantity) }
        return prompt
    }
}
