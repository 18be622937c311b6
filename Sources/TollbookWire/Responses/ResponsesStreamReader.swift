package import NIOCore
internal import TollbookCore

/// Follows a stream of an OpenAI response, event by event.
///
/// `response.completed`, `response.incomplete` or `response.failed` ends it and tells the usage. A kind is told by the
/// payload's `type`, which repeats the event's name. What only announces a response, an item or a part of one is
/// nothing of the answer yet.
package struct ResponsesStreamReader: AnswerStreamReader {
    /// The model as served, from the first event that names one.
    package private(set) var model: String?
    /// The response's id.
    package private(set) var responseID: String?
    /// The terminal event's usage object, raw, up to `WireLimits.usageBytes`.
    package private(set) var usage: ByteBuffer?
    /// Whether the response came to its end: completed, incomplete or failed.
    package private(set) var sawFinishReason = false
    package private(set) var sawError = false
    /// Events that brought output text.
    package private(set) var contentEvents = 0
    package private(set) var malformedEvents = 0
    /// The largest `sequence_number` so far; nil: none was told.
    package private(set) var lastSequenceNumber: Int64?

    /// Bytes of text, unescaped: as it came piece by piece, in items that were done, and in the whole at the end.
    private var deltaBytes = 0
    private var doneBytes = 0
    private var finalBytes = 0
    /// What the provider's tools did, as items that were done tell, and as the whole does.
    private var toolsDone = ResponsesTools()
    private var toolsAtEnd = ResponsesTools()

    package init() {}

    /// Bytes of output text so far, unescaped: texts, refusals, reasoning, tool names, arguments and code. Each
    /// comes up to three times; a server may leave any of them out.
    package var outputBytes: Int { max(deltaBytes, doneBytes, finalBytes) }

    /// max(content events, ceil(output bytes / 4)), as for chat streams.
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
        // None is sent by OpenAI; some servers end every stream with it.
        if ChatStreamReader.isDone(data) { return .done }
        var visitor = ResponsesOutputVisitor()
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

    private mutating func record(_ visitor: ResponsesOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if model == nil, !visitor.model.bytes.isEmpty { model = visitor.model.string }
        if responseID == nil, !visitor.id.bytes.isEmpty { responseID = visitor.id.string }
        if let number = visitor.sequenceNumber { lastSequenceNumber = max(number, lastSequenceNumber ?? 0) }
        if Self.isTerminal(visitor) {
            recordEnd(visitor, data)
            return .done
        }
        if visitor.hasError || visitor.isType("error") {
            sawError = true
            return .error
        }
        return recordText(visitor)
    }

    private static func isTerminal(_ visitor: ResponsesOutputVisitor) -> Bool {
        visitor.isType("response.completed") || visitor.isType("response.incomplete")
            || visitor.isType("response.failed")
    }

    private mutating func recordEnd(_ visitor: ResponsesOutputVisitor, _ data: UnsafeRawBufferPointer) {
        sawFinishReason = true
        if visitor.hasError || visitor.isType("response.failed") { sawError = true }
        finalBytes = visitor.items.textBytes
        toolsAtEnd.add(visitor.items)
        guard !visitor.usage.isEmpty, visitor.usage.count <= WireLimits.usageBytes else { return }
        usage = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
    }

    private mutating func recordText(_ visitor: ResponsesOutputVisitor) -> AnswerEvent {
        let text = visitor.items.textBytes
        if visitor.isType("response.output_item.done") {
            doneBytes += text
            toolsDone.add(visitor.items)
            return text > 0 ? .content : .comment
        }
        // Sound is base64, whose length says little of its tokens; its transcript has events of its own.
        let isSound = visitor.isType("response.audio.delta") || visitor.isType("response.output_audio.delta")
        let bytes = text + (isSound ? 0 : visitor.deltaBytes)
        guard bytes > 0 || isSound else { return .comment }
        contentEvents += 1
        deltaBytes += bytes
        return .content
    }

    /// The terminal event's usage, and the searches that were made.
    package func usageReport() -> UsageReport {
        UsageReport(responses: usage, tools: toolsDone.merged(with: toolsAtEnd), hasText: outputBytes > 0)
    }
}
