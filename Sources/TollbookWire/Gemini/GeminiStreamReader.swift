package import NIOCore
internal import TollbookCore

/// Follows a Gemini stream, chunk by chunk, whether they come as events or as the elements of an array.
///
/// Chunks look like whole answers. Their usage objects are running totals, of which the last counts. Nothing ends the
/// stream but the end of its body: the last chunk is one at or behind a finish reason.
package struct GeminiStreamReader: AnswerStreamReader {
    /// The model as served.
    package private(set) var model: String?
    package private(set) var responseID: String?
    /// The last usage object that tells of the prompt, raw, up to `WireLimits.usageBytes`.
    package private(set) var usage: ByteBuffer?
    /// Whether a candidate came to its end, or the prompt was blocked.
    package private(set) var sawFinishReason = false
    package private(set) var sawError = false
    /// Chunks that brought output.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: text, thoughts, function names and arguments, code.
    package private(set) var outputBytes = 0
    /// Chunks that are no JSON.
    package private(set) var malformedEvents = 0
    /// Whether the provider searched the web.
    private var sawSearch = false
    /// Whether the stream itself said that nothing follows.
    private var isClosed = false
    /// An event that is read while it comes.
    private var large: (data: SSEDataFilter, scan: AnswerBodyScan<GeminiOutputVisitor>)?
    private var largeElement: AnswerBodyScan<GeminiOutputVisitor>?

    package init() {}

    /// max(chunks with content, ceil(output bytes / 4)), as for OpenAI's streams.
    package var estimatedOutputTokens: Int { max(contentEvents, (outputBytes + 3) / 4) }

    /// Reads the next event and says what it is.
    package mutating func read(_ event: SSEEvent) -> AnswerEvent {
        guard event.dataLines > 0 else {
            guard event.isNamed("error") else { return .comment }
            sawError = true
            return .error
        }
        let kind = event.withData { read($0) }
        guard event.isNamed("error"), kind != .error else { return kind }
        sawError = true
        return .error
    }

    /// Reads the next chunk, one JSON value, and says what it is.
    package mutating func read(_ data: UnsafeRawBufferPointer) -> AnswerEvent {
        var visitor = GeminiOutputVisitor()
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(data, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            malformedEvents += 1
            return .other
        }
        if !visitor.usage.isEmpty { keepUsage(visitor, data) }
        return record(visitor)
    }

    /// Reads the next part of an event that is too large to be held; says what the event is behind its last part.
    package mutating func read(_ part: SSEEventPart) -> AnswerEvent? {
        var (data, scan) = large ?? (SSEDataFilter(), AnswerBodyScan(GeminiOutputVisitor()))
        large = nil
        data.read(part.bytes) { scan.read($0) }
        guard !part.isLast else { return record(&scan) }
        large = (data, scan)
        return nil
    }

    /// The same for an element of an array.
    package mutating func read(_ part: JSONArraySplitter.Part) -> AnswerEvent? {
        var scan = largeElement ?? AnswerBodyScan(GeminiOutputVisitor())
        largeElement = nil
        scan.read(part.value)
        guard !part.isLast else { return record(&scan) }
        largeElement = scan
        return nil
    }

    /// The stream ended in such an event: says what the event is if its data are whole, and nil if it broke off.
    package mutating func endPart() -> AnswerEvent? {
        guard var (_, scan) = large else { return nil }
        large = nil
        let malformed = malformedEvents
        let kind = record(&scan)
        return malformedEvents == malformed ? kind : nil
    }

    private mutating func record(_ scan: inout AnswerBodyScan<GeminiOutputVisitor>) -> AnswerEvent {
        scan.finish()
        guard scan.isWellFormed else {
            malformedEvents += 1
            return .other
        }
        if let usage = scan.usage, scan.visitor.hasPromptCount || self.usage == nil { self.usage = usage }
        return record(scan.visitor)
    }

    /// The array has been closed: its totals are those of the answer, with a finish reason or without.
    package mutating func close() {
        isClosed = true
    }

    private mutating func record(_ visitor: GeminiOutputVisitor) -> AnswerEvent {
        if visitor.hasError {
            sawError = true
            return .error
        }
        if model == nil, !visitor.model.bytes.isEmpty { model = visitor.model.string }
        if responseID == nil, !visitor.id.bytes.isEmpty { responseID = visitor.id.string }
        if visitor.hasFinishReason { sawFinishReason = true }
        if visitor.hasSearch { sawSearch = true }
        guard visitor.outputBytes > 0 || visitor.hasMedia else { return .other }
        contentEvents += 1
        outputBytes += visitor.outputBytes
        return .content
    }

    private mutating func keepUsage(_ visitor: GeminiOutputVisitor, _ data: UnsafeRawBufferPointer) {
        guard visitor.hasPromptCount || usage == nil, visitor.usage.count <= WireLimits.usageBytes else { return }
        usage = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
    }

    /// The usage of a stream that told why the model stopped, else the prompt's alone: the totals before that are
    /// those of an unfinished answer.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        report.raw = usage.map { String(buffer: $0) }
        guard let usage, let read = GeminiUsage(usage) else { return report }
        report.isInconsistent = read.isInconsistent
        report.hasUncounted = sawSearch
        if sawFinishReason || isClosed {
            report.usage = read.usage
        } else {
            report.promptUsage = read.usage.promptOnly
            report.outputTokensSoFar = read.usage.outputTokens
        }
        return report
    }
}
