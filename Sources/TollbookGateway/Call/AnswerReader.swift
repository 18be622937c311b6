internal import NIOCore
internal import TollbookCore
internal import TollbookWire

/// What has been read of a provider's answer, whatever its form.
enum AnswerForm {
    /// One JSON value.
    case plain
    /// Server-sent events.
    case stream
}

/// Finds out of an answer's bytes what the settlement needs. A class, so that its readers never move.
final class AnswerReader {
    let form: AnswerForm
    /// Whether the status is one of success: else nothing counts as seen.
    let isSuccess: Bool
    var plain = ChatResponseReader()
    /// nil for a plain answer.
    var stream: StreamIntake?
    private(set) var hasContent = false

    init(form: AnswerForm, isSuccess: Bool) {
        self.form = form
        self.isSuccess = isSuccess
        if form == .stream { stream = StreamIntake() }
    }

    func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    /// What the settlement needs of what was read.
    func summary() -> AnswerSummary {
        guard let stream else { return AnswerSummary(plain, sawAnswer: isSuccess && hasContent) }
        return AnswerSummary(stream.reader, sawAnswer: isSuccess && stream.hasContent)
    }
}

/// What an answer told, as far as it came.
struct AnswerSummary {
    /// The provider's usage object as it came.
    private(set) var rawUsage: String?
    /// The model as the provider named it.
    private(set) var model: String?
    /// The answer's own id.
    private(set) var responseID: String?
    var evidence: AttemptEvidence

    /// Nothing came.
    init() {
        evidence = AttemptEvidence(wasDispatched: false, sawAnswer: false)
    }

    init(_ plain: borrowing ChatResponseReader, sawAnswer: Bool) {
        evidence = AttemptEvidence(wasDispatched: true, sawAnswer: sawAnswer)
        evidence.outputTokensSeen = Int64(plain.estimatedOutputTokens)
        model = plain.model
        responseID = plain.responseID
        take(plain.usage)
    }

    init(_ stream: borrowing ChatStreamReader, sawAnswer: Bool) {
        evidence = AttemptEvidence(wasDispatched: true, sawAnswer: sawAnswer)
        evidence.outputTokensSeen = Int64(stream.estimatedOutputTokens)
        evidence.hasMalformedParts = stream.malformedEvents > 0
        model = stream.model
        responseID = stream.responseID
        take(stream.usage)
    }

    private mutating func take(_ usage: ByteBuffer?) {
        guard let usage else { return }
        rawUsage = String(buffer: usage)
        guard let read = OpenAIUsage(usage) else { return }
        evidence.usage = read.usage
        evidence.isUsageInconsistent = read.isInconsistent
    }
}
