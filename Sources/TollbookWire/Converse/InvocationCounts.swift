package import NIOCore
internal import TollbookCore

/// What Bedrock itself counts of a call of `InvokeModel`, whatever the model's own form: in headers of a plain answer,
/// and of a stream in a member of its last chunk, `amazon-bedrock-invocationMetrics`.
/// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html
package struct InvocationCounts: Equatable, Sendable {
    private let input: Int64
    private let output: Int64
    private let cacheRead: Int64
    private let cacheWrite: Int64

    /// Counts of headers; nil: they tell none.
    ///
    /// - Parameter header: the value of the header of a name in lower case.
    package init?(header: (String) -> String?) {
        let counts = ["input", "output", "cache-read-input", "cache-write-input"].map { name in
            header("x-amzn-bedrock-\(name)-token-count").flatMap { Int64($0) }.flatMap(Self.usable)
        }
        self.init(counts)
    }

    /// Counts of a chunk's payload, `{"bytes": BASE64}`; nil: it is not the last one, or none at all.
    init?(chunk payload: ByteBuffer) {
        guard let text = (try? JSONView(payload))?.value("bytes")?.text, let bytes = Base64.decode(text.unescaped),
            let metrics = (try? JSONView(bytes))?.value("amazon-bedrock-invocationMetrics")
        else { return nil }
        let names: [StaticString] = [
            "inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount",
        ]
        self.init(names.map { metrics.value($0)?.count.flatMap(Self.usable) })
    }

    private init?(_ counts: [Int64?]) {
        guard let input = counts[0] else { return nil }
        self.input = input
        // A model of embeddings has no output.
        output = counts[1] ?? 0
        cacheRead = counts[2] ?? 0
        cacheWrite = counts[3] ?? 0
    }

    private static func usable(_ count: Int64) -> Int64? { (0...WireLimits.usageTokens).contains(count) ? count : nil }

    /// The counts as meters, and as a usage object by the names that a chunk has.
    package var report: UsageReport {
        var report = UsageReport()
        var usage = Usage()
        usage.set(.input, input)
        usage.set(.cacheRead, cacheRead)
        usage.set(.cacheWrite, cacheWrite)
        usage.set(.output, output)
        report.usage = usage
        report.raw =
            #"{"inputTokenCount":\#(input),"outputTokenCount":\#(output),"cacheReadInputTokenCount":\#(cacheRead),"#
            + #""cacheWriteInputTokenCount":\#(cacheWrite)}"#
        return report
    }
}
