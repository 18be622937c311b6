package import NIOCore

/// Follows an OpenAI chat stream, event by event: says what each is and keeps what the settlement needs.
package struct ChatStreamReader: AnswerStreamReader {
    /// The model as served, from the first chunk that names one.
    package private(set) var model: String?
    /// The response id, from the first chunk that has one.
    package private(set) var responseID: String?
    /// The last usage object, raw, up to `WireLimits.usageBytes`; a provider that reports usage with every chunk
    /// reports running totals.
    package private(set) var usage: ByteBuffer?
    /// Whether a choice ended with a reason.
    package private(set) var sawFinishReason = false
    package private(set) var sawDone = false
    package private(set) var sawError = false
    /// Chunks that brought output text.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: content, refusal, reasoning, tool names and arguments.
    package private(set) var outputBytes = 0
    /// Data events that are neither JSON nor `[DONE]`.
    package private(set) var malformedEvents = 0

    private var template = ChatChunkTemplate()

    package init() {}

    /// max(content events, ceil(output bytes / 4)): a provider sends at least one token per content chunk, and
    /// text has about four bytes a token. For streams that end without usage.
    package var estimatedOutputTokens: Int { max(contentEvents, (outputBytes + 3) / 4) }

    /// Reads the next event and says what it is. Where two kinds apply, the earlier wins: done, error, usage,
    /// content.
    package mutating func read(_ event: SSEEvent) -> AnswerEvent {
        guard event.dataLines > 0 else {
            guard event.isNamed("error") else { return .comment }
            sawError = true
            return .error
        }
        let isError = event.isNamed("error")
        if isError { sawError = true }
        let kind = event.withData { read($0) }
        return isError && kind != .done ? .error : kind
    }

    private mutating func read(_ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if Self.isDone(data) {
            sawDone = true
            return .done
        }
        if let bytes = template.textBytes(of: data) { return recordText(bytes, template.hasFinishReason) }
        var visitor = ChatOutputVisitor()
        visitor.readsIdentity = model == nil || responseID == nil
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

    private mutating func record(_ visitor: ChatOutputVisitor, _ data: UnsafeRawBufferPointer) -> AnswerEvent {
        if model == nil, !visitor.model.bytes.isEmpty { model = visitor.model.string }
        if responseID == nil, !visitor.id.bytes.isEmpty { responseID = visitor.id.string }
        if !visitor.usage.isEmpty { keepUsage(UnsafeRawBufferPointer(rebasing: data[visitor.usage])) }
        let content = recordText(visitor.outputBytes, visitor.hasFinishReason)
        if visitor.hasError {
            sawError = true
            return .error
        }
        if !visitor.usage.isEmpty { return .usage(isExtra: !visitor.hasChoices) }
        guard visitor.hasChoices else { return .other }
        if model != nil, responseID != nil { learn(visitor, data) }
        return content
    }

    @inline(__always)
    private mutating func recordText(_ bytes: Int, _ hasFinishReason: Bool) -> AnswerEvent {
        if hasFinishReason { sawFinishReason = true }
        if bytes > 0 {
            contentEvents += 1
            outputBytes += bytes
        }
        return .content
    }

    /// Expects the next chunk to look like this one, of kind `content`.
    private mutating func learn(_ visitor: ChatOutputVisitor, _ data: UnsafeRawBufferPointer) {
        let end = visitor.lastString.upperBound
        let isLast = end + 2 == data.count && data[end + 1] == UInt8(ascii: "}")
        template.learn(
            data, text: visitor.textStrings == 1 ? visitor.text : nil, padding: isLast ? visitor.lastString : nil,
            hasFinishReason: visitor.hasFinishReason)
    }

    private mutating func keepUsage(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= WireLimits.usageBytes else { return }
        var kept = usage ?? ByteBuffer()
        usage = nil
        kept.clear()
        kept.writeBytes(bytes)
        usage = kept
    }

    /// Whether the payload is `[DONE]`, with or without white space after it.
    @inline(__always)
    static func isDone(_ data: UnsafeRawBufferPointer) -> Bool {
        let text: StaticString = "[DONE]"
        guard data.count >= 6, data[0] == UInt8(ascii: "[") else { return false }
        for index in 0..<6 where data[index] != text.utf8Start[index] { return false }
        return data[6...].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
