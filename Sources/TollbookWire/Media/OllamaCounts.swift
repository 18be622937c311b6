internal import TollbookCore

/// The counts of tokens that stand in an answer of Ollama's own API, or in the last line of its stream.
///
/// `prompt_eval_count` and `eval_count`; an embedding has the first alone. A count of 0 is left out. Source:
/// https://github.com/ollama/ollama/blob/main/docs/api.md
struct OllamaCounts: Equatable, Sendable {
    private var prompt: Int64?
    private var answer: Int64?
    private var hasUnusablePart = false

    mutating func takePrompt(_ number: PlainDecimal) {
        prompt = usable(number)
    }

    mutating func takeAnswer(_ number: PlainDecimal) {
        answer = usable(number)
    }

    private mutating func usable(_ number: PlainDecimal) -> Int64? {
        let count = number.whole.flatMap { $0 <= WireLimits.usageTokens ? $0 : nil }
        if count == nil { hasUnusablePart = true }
        return count
    }

    /// The counts as meters. Ollama counts no prompt that its cache holds: there was one all the same.
    var report: UsageReport {
        var report = UsageReport()
        let told = [prompt.map { "\"prompt_eval_count\":\($0)" }, answer.map { "\"eval_count\":\($0)" }]
        report.raw = "{" + told.compactMap(\.self).joined(separator: ",") + "}"
        report.isInconsistent = hasUnusablePart
        guard prompt != nil || answer != nil else { return report }
        var usage = Usage()
        usage.set(.input, prompt ?? 0)
        usage.set(.output, answer ?? 0)
        report.usage = usage
        report.hasUncounted = prompt == nil
        return report
    }
}
