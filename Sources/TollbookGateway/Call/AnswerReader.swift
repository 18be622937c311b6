internal import NIOCore
internal import TollbookCore
internal import TollbookWire

/// What has been read of a provider's answer, whatever its form.
enum AnswerForm {
    /// No head has come, or the answer is not passed on.
    case none
    /// One JSON value.
    case plain
    /// Server-sent events.
    case stream
}

/// Finds out of an answer's bytes what the settlement needs.
struct AnswerReader {
    var form = AnswerForm.none
    var plain = ChatResponseReader()
    var stream = ChatStreamReader()
    var splitter = SSESplitter()
    /// Whether the status is one of success: else nothing counts as seen.
    var isSuccess = false
    private(set) var hasContent = false

    mutating func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    /// Classifies an event.
    mutating func readEvent(_ event: SSEEvent) -> ChatStreamEvent {
        let kind = stream.read(event)
        if kind != .comment { hasContent = true }
        return kind
    }

    private var rawUsage: ByteBuffer? {
        switch form {
        case .none: nil
        case .plain: plain.usage
        case .stream: stream.usage
        }
    }

    /// The provider's usage object as it came.
    var rawUsageText: String? { rawUsage.map { String(buffer: $0) } }

    /// The model as the provider named it; nil: none.
    var model: String? { form == .stream ? stream.model : plain.model }

    /// The answer's own id.
    var responseID: String? { form == .stream ? stream.responseID : plain.responseID }

    func evidence(wasDispatched: Bool) -> AttemptEvidence {
        var evidence = AttemptEvidence(wasDispatched: wasDispatched, sawAnswer: isSuccess && hasContent)
        if let usage = rawUsage.flatMap({ OpenAIUsage($0) }) {
            evidence.usage = usage.usage
            evidence.isUsageInconsistent = usage.isInconsistent
        }
        switch form {
        case .none: break
        case .plain: evidence.outputTokensSeen = Int64(plain.estimatedOutputTokens)
        case .stream:
            evidence.outputTokensSeen = Int64(stream.estimatedOutputTokens)
            evidence.hasMalformedParts = stream.malformedEvents > 0
        }
        return evidence
    }
}
