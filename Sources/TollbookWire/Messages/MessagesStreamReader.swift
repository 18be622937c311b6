package import NIOCore
internal import TollbookCore

/// Follows an Anthropic messages stream, event by event.
///
/// `message_start` tells the prompt's usage, `message_delta` the running totals, `message_stop` ends it. A kind is told
/// by the payload's `type`, which repeats the event's name.
package struct MessagesStreamReader: AnswerStreamReader {
    /// The model as served, from `message_start`.
    package private(set) var model: String?
    /// The message's id.
    package private(set) var responseID: String?
    /// The usage object of `message_start`, raw, up to `WireLimits.usageBytes`.
    package private(set) var startUsage: ByteBuffer?
    /// The last usage object of a `message_delta`, raw.
    package private(set) var deltaUsage: ByteBuffer?
    /// Whether a `message_delta` told why the model stopped.
    package private(set) var sawFinishReason = false
    /// Whether `message_stop` came.
    package private(set) var sawStop = false
    package private(set) var sawError = false
    /// Events that brought output text.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: text, thinking, tool names and arguments.
    package private(set) var outputBytes = 0
    package private(set) var malformedEvents = 0

    private var template = ChatChunkTemplate()

    package init() {}

    /// max(content events, ceil(output bytes / 4)), as for OpenAI's streams.
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

    private mutating func read(_ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if let bytes = template.textBytes(of: data) { return recordText(bytes) }
        var visitor = MessagesOutputVisitor()
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(data, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            malformedEvents += 1
            return .other
        }
        return record(visitor, data)
    }

    private mutating func record(_ visitor: MessagesOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if visitor.hasError || visitor.isType("error") {
            sawError = true
            return .error
        }
        if visitor.isType("ping") { return .comment }
        if visitor.isType("message_stop") {
            sawStop = true
            return .done
        }
        if model == nil, !visitor.model.bytes.isEmpty { model = visitor.model.string }
        if responseID == nil, !visitor.id.bytes.isEmpty { responseID = visitor.id.string }
        if visitor.hasStopReason { sawFinishReason = true }
        keepUsage(visitor, data)
        guard visitor.hasContent || visitor.usagePlace != .none else { return .other }
        let kind = recordText(visitor.outputBytes)
        if visitor.usagePlace != .none { return .usage(isExtra: false) }
        template.learn(
            data, text: visitor.textStrings == 1 && visitor.isType("content_block_delta") ? visitor.text : nil,
            padding: nil, hasFinishReason: false)
        return kind
    }

    @inline(__always)
    private mutating func recordText(_ bytes: Int) -> AnswerEvent {
        guard bytes > 0 else { return .other }
        contentEvents += 1
        outputBytes += bytes
        return .content
    }

    private mutating func keepUsage(_ visitor: MessagesOutputVisitor, _ data: UnsafeRawBufferPointer) {
        guard visitor.usagePlace != .none, visitor.usage.count <= WireLimits.usageBytes else { return }
        let bytes = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
        if visitor.usagePlace == .start { startUsage = bytes } else { deltaUsage = bytes }
    }

    /// The usage of a stream that told why the model stopped, else the prompt's alone: the totals before that are
    /// those of an unfinished answer.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        report.raw = rawUsage
        guard let read = AnthropicUsage(start: startUsage, totals: deltaUsage) else { return report }
        report.isInconsistent = read.isInconsistent
        report.hasUncounted = read.hasUncounted
        if sawFinishReason, deltaUsage != nil, read.hasOutput {
            report.usage = read.usage
        } else {
            report.promptUsage = read.usage.promptOnly
            report.outputTokensSoFar = read.usage.outputTokens
        }
        return report
    }

    /// Both objects as they came, under the names of their events.
    private var rawUsage: String? {
        let start = startUsage.map { #""message_start":"# + String(buffer: $0) }
        let delta = deltaUsage.map { #""message_delta":"# + String(buffer: $0) }
        let parts = [start, delta].compactMap { $0 }
        return parts.isEmpty ? nil : "{" + parts.joined(separator: ",") + "}"
    }
}
