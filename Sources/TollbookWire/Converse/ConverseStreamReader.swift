package import NIOCore
internal import TollbookCore

/// Follows a stream of Bedrock's Converse, message by message.
///
/// `messageStop` tells why the model stopped, and `metadata` behind it the usage; that is the last one.
package struct ConverseStreamReader: AnswerStreamReport {
    /// What one message of the stream is.
    package enum Event: Equatable, Sendable {
        /// A part of the answer.
        case content
        /// `messageStop`: to the caller the answer is whole.
        case stop
        /// `metadata`, the last event.
        case done
        /// An exception in place of the rest.
        case error
        /// An event that is none of these, or whose payload cannot be read.
        case other
    }

    /// The model that a prompt router chose; others are not named.
    package private(set) var model: String?
    /// Streams have no id in their events.
    package var responseID: String? { nil }
    /// The usage object of `metadata`, raw, up to `WireLimits.usageBytes`.
    package private(set) var usage: ByteBuffer?
    /// Whether `messageStop` came.
    package private(set) var sawFinishReason = false
    package private(set) var sawError = false
    /// Events that brought output text.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: text, reasoning, tool names and arguments.
    package private(set) var outputBytes = 0
    package private(set) var malformedEvents = 0
    /// What the last chunk of a model that was invoked told.
    private var invocation: InvocationCounts?

    package init() {}

    /// max(content events, ceil(output bytes / 4)), as for other streams.
    package var estimatedOutputTokens: Int { max(contentEvents, (outputBytes + 3) / 4) }

    /// Reads the next message and says what it is.
    package mutating func read(_ message: EventStreamMessage) -> Event {
        switch message.kind {
        case .exception, .error:
            sawError = true
            return .error
        case .other: return .other
        case .event: return readEvent(message)
        }
    }

    private mutating func readEvent(_ message: EventStreamMessage) -> Event {
        var visitor = ConverseOutputVisitor()
        let isReadable = message.withPayload { payload in
            guard Self.read(payload, &visitor) else { return false }
            keepUsage(visitor, payload)
            return true
        }
        if !isReadable {
            malformedEvents += 1
            visitor = ConverseOutputVisitor()
        }
        if message.isNamed("metadata") {
            if !visitor.model.bytes.isEmpty { model = visitor.model.string }
            return .done
        }
        if message.isNamed("messageStop") {
            sawFinishReason = true
            return .stop
        }
        guard visitor.outputBytes > 0 else { return message.isNamed("chunk") ? readChunk(message) : .other }
        contentEvents += 1
        outputBytes += visitor.outputBytes
        return .content
    }

    /// A piece of the model's own stream, of `InvokeModelWithResponseStream`; the last one brings Bedrock's counts.
    private mutating func readChunk(_ message: EventStreamMessage) -> Event {
        guard let counts = InvocationCounts(chunk: message.payload) else { return .content }
        invocation = counts
        sawFinishReason = true
        return .done
    }

    private static func read(_ payload: UnsafeRawBufferPointer, _ visitor: inout ConverseOutputVisitor) -> Bool {
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(payload, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            return false
        }
        return true
    }

    private mutating func keepUsage(_ visitor: ConverseOutputVisitor, _ payload: UnsafeRawBufferPointer) {
        guard !visitor.usage.isEmpty, visitor.usage.count <= WireLimits.usageBytes else { return }
        usage = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: payload[visitor.usage]))
    }

    /// The usage that `metadata` told, or the last chunk.
    package func usageReport() -> UsageReport { invocation?.report ?? UsageReport(converse: usage) }
}
