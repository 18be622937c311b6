package import NIOCore
internal import TollbookCore

/// Follows a stream of Cohere's chat, event by event: https://docs.cohere.com/v2/docs/streaming
///
/// A kind is told by the payload's `type`, which repeats the event's name. `message-end` tells why the model stopped
/// and the usage; `data: [DONE]` follows it.
package struct CohereChatStreamReader: AnswerStreamReader {
    /// Streams do not name their model.
    package var model: String? { nil }
    package private(set) var responseID: String?
    /// The usage object of `message-end`, raw, up to `WireLimits.usageBytes`.
    package private(set) var usage: ByteBuffer?
    /// Whether `message-end` told why the model stopped.
    package private(set) var sawFinishReason = false
    package private(set) var sawError = false
    /// Whether `[DONE]` came.
    package private(set) var isClosed = false
    /// Events that brought output text.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: text, thinking, plans, tool names and arguments.
    package private(set) var outputBytes = 0
    package private(set) var malformedEvents = 0

    package init() {}

    /// max(content events, ceil(output bytes / 4)), as for OpenAI's streams.
    package var estimatedOutputTokens: Int { max(contentEvents, (outputBytes + 3) / 4) }

    /// Reads the next event and says what it is; both `message-end` and `[DONE]` are `done`.
    package mutating func read(_ event: SSEEvent) -> AnswerEvent {
        guard event.dataLines > 0 else { return .comment }
        return event.withData { read($0) }
    }

    private mutating func read(_ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if data.elementsEqual("[DONE]".utf8) {
            isClosed = true
            return .done
        }
        var visitor = CohereOutputVisitor()
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

    private mutating func record(_ visitor: CohereOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if responseID == nil, !visitor.id.bytes.isEmpty { responseID = visitor.id.string }
        if !visitor.usage.isEmpty, visitor.usage.count <= WireLimits.usageBytes {
            usage = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: data[visitor.usage]))
        }
        if visitor.hasError {
            sawError = true
            return .error
        }
        if visitor.type.equals("message-end") {
            sawFinishReason = visitor.hasFinishReason
            return .done
        }
        guard visitor.outputBytes > 0 else { return .other }
        contentEvents += 1
        outputBytes += visitor.outputBytes
        return .content
    }

    /// The usage that `message-end` told.
    package func usageReport() -> UsageReport { UsageReport(cohere: usage) }
}
