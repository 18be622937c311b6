package import NIOCore
package import TollbookCore

extension UsageReport {
    /// A usage object of an answer that is passed through, in the form of OpenAI and of its compatible servers, of
    /// Anthropic, Cohere, Gemini or Bedrock: their names tell them apart.
    init(passed raw: ByteBuffer) {
        self.init(openAI: raw)
        guard usage == nil else { return }
        if let read = AnthropicUsage(start: nil, totals: raw), read.tellsCache {
            usage = read.usage
            isInconsistent = read.isInconsistent
            hasUncounted = read.hasUncounted
        } else if let read = MediaUsage(raw, .passed) {
            usage = read.usage
            isInconsistent = read.isInconsistent
        } else if let read = GeminiUsage(raw) {
            usage = read.usage
            isInconsistent = read.isInconsistent
        } else {
            self.init(converse: raw)
        }
    }
}

/// Reads what the settlement needs from a plain answer of moderations, images or audio, of any size, chunk by chunk:
/// pictures in it are passed over, never kept.
package struct MediaResponseReader: AnswerBodyReader {
    private let medium: AnswerMedium
    private var scan = AnswerBodyScan(MediaOutputVisitor())

    package init() {
        self.init(.moderation)
    }

    package init(_ medium: AnswerMedium) {
        self.medium = medium
    }

    package var isWellFormed: Bool { scan.isWellFormed }
    package var hasError: Bool { scan.visitor.hasError }
    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }

    /// ceil(bytes of a transcript / 4).
    package var estimatedOutputTokens: Int { (scan.visitor.textBytes + 3) / 4 }

    /// The images of a whole answer; nil for other media.
    package var images: Int64? { medium == .images && isWellFormed ? scan.visitor.items : nil }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
        scan.read(chunk)
    }

    /// Ends the answer.
    package mutating func finish() {
        scan.finish()
    }

    /// The answer's usage object, else the length of audio or the counts of Ollama's that it tells.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        if let raw = scan.usage {
            if medium == .passed { return UsageReport(passed: raw) }
            report.raw = String(buffer: raw)
            guard let read = MediaUsage(raw, medium) else { return report }
            report.usage = read.usage
            report.isInconsistent = read.isInconsistent
        } else if medium == .transcript, let seconds = scan.visitor.durationSeconds {
            report.usage = Usage([.audioSecond: seconds])
        } else if medium == .passed, let counts = scan.visitor.ollama {
            return counts.report
        }
        return report
    }
}
