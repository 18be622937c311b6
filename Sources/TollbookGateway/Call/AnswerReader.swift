internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// What has been read of a provider's answer, whatever its form.
enum AnswerForm {
    /// One JSON value.
    case plain
    /// Server-sent events.
    case stream
    /// A JSON array whose elements come as they are made.
    case array
    /// JSON values, a line each.
    case lines
}

/// Finds out of an answer's bytes what the settlement needs. One subclass for each dialect, so that a call's answer
/// costs one dynamic dispatch a read, and its events none.
class AnswerReader {
    let form: AnswerForm
    /// Whether the status is one of success: else nothing counts as seen.
    let isSuccess: Bool
    /// Whether anything of the answer itself came.
    fileprivate(set) var hasContent = false
    /// Whether the answer, or an event of it, is an error.
    fileprivate(set) var hasError = false

    // A plain answer
    /// Whether it was one JSON value; false until `finishPlain()`.
    fileprivate(set) var isWellFormed = false

    /// Whether the answer is an error that says that the provider takes the gateway's credential for none.
    fileprivate(set) var refusesCredential = false

    // A stream
    /// Whether something of an array was given out to be passed on.
    fileprivate(set) var hasPassedOn = false
    /// Whether an event with content came.
    fileprivate(set) var hasTokens = false
    /// Whether the answer came to its own end, whatever became of the stream.
    fileprivate(set) var sawFinishReason = false
    /// The terminal event, in the caller's dialect; nothing is read behind it.
    fileprivate(set) var terminalEvent: ByteBuffer?
    /// Whether the provider sent one.
    fileprivate(set) var isTerminated = false

    fileprivate init(form: AnswerForm, isSuccess: Bool) {
        self.form = form
        self.isSuccess = isSuccess
    }

    /// The reader of the dialect of the endpoint that the provider was asked at.
    ///
    /// - Parameters:
    ///   - translation: of a stream, into the caller's dialect; nil: they are the same.
    ///   - answers: how many the call asks for.
    ///   - isOpaque: whether a plain answer is no JSON, but audio or text.
    ///   - provider: whose answer it is, where it is passed through.
    ///   - counts: what the head of an answer that is passed through tells of its usage.
    static func make(
        for endpoint: Endpoint, form: AnswerForm, isSuccess: Bool, translation: StreamTranslation?, answers: Int,
        isOpaque: Bool, provider: ProviderDialect?, counts: InvocationCounts? = nil
    ) -> AnswerReader {
        switch endpoint.dialect {
        case .openaiChat, .openaiCompletions, .openaiEmbeddings:
            ChatAnswerReader(form: form, isSuccess: isSuccess, translation)
        case .anthropicMessages: MessagesAnswerReader(form: form, isSuccess: isSuccess, translation)
        case .openaiResponses: ResponsesAnswerReader(form: form, isSuccess: isSuccess)
        case .gemini: GeminiAnswerReader(form: form, isSuccess: isSuccess, translation)
        case .openaiModerations, .openaiImages, .openaiAudio, .rerank:
            isOpaque && form == .plain
                ? OpaqueAnswerReader(form: form, isSuccess: isSuccess)
                : MediaAnswerReader(endpoint.medium, answers: answers, form: form, isSuccess: isSuccess)
        case .passthrough where isOpaque && form == .plain: OpaqueAnswerReader(form: form, isSuccess: isSuccess)
        case .passthrough where form == .lines: LineAnswerReader(form: form, isSuccess: isSuccess)
        case .passthrough where provider == .anthropic && form == .stream:
            MessagesAnswerReader(form: form, isSuccess: isSuccess, nil)
        case .passthrough:
            PassedAnswerReader(isAnthropic: provider == .anthropic, counts, form: form, isSuccess: isSuccess)
        case .bedrockConverse: ConverseAnswerReader(form: form, isSuccess: isSuccess, translation)
        // Read whole where something is recorded of it, else passed on as it comes.
        case .openaiFiles: OpaqueAnswerReader(form: form, isSuccess: isSuccess)
        }
    }

    /// Reads bytes of a plain answer.
    func readPlain(_ bytes: ByteBuffer) {}

    /// Ends a plain answer.
    func finishPlain() {}

    /// Reads bytes of a stream.
    ///
    /// - Parameter passesUsage: whether the caller asked for the usage chunk that the gateway asks for itself.
    func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {}

    /// Ends a stream with what stands behind its last whole event.
    func finishStream(passesUsage: Bool) {}

    /// Bytes of a stream to pass on, oldest first; nil when there are none left.
    func takeRun() -> ByteBuffer? { nil }

    /// The number of an event that follows those of the stream; 0 in dialects that number none.
    func nextSequenceNumber() -> Int64 { 0 }

    /// What the settlement needs of what was read.
    func summary() -> AnswerSummary { AnswerSummary() }
}

/// Reads answers of OpenAI's chat completions, whose usage and texts those of completions and embeddings share.
private final class ChatAnswerReader: AnswerReader {
    private var plain = ChatResponseReader()
    private var stream = StreamIntake<ChatStreamReader>()

    init(form: AnswerForm, isSuccess: Bool, _ translation: StreamTranslation?) {
        super.init(form: form, isSuccess: isSuccess)
        stream.translation = translation
    }

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { take(stream) }
        try stream.read(bytes, passesUsage: passesUsage)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish(passesUsage: passesUsage)
        take(stream)
    }

    override func takeRun() -> ByteBuffer? {
        let run = stream.takeRun()
        if run != nil { hasPassedOn = true }
        return run
    }

    override func nextSequenceNumber() -> Int64 { stream.translation?.nextSequenceNumber ?? 0 }

    override func summary() -> AnswerSummary {
        form == .plain ? plainSummary(plain) : streamSummary(stream.reader)
    }
}

/// Reads answers of Anthropic's messages.
private final class MessagesAnswerReader: AnswerReader {
    private var plain = MessagesResponseReader()
    private var stream = StreamIntake<MessagesStreamReader>()

    init(form: AnswerForm, isSuccess: Bool, _ translation: StreamTranslation?) {
        super.init(form: form, isSuccess: isSuccess)
        stream.translation = translation
    }

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { take(stream) }
        try stream.read(bytes, passesUsage: passesUsage)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish(passesUsage: passesUsage)
        take(stream)
    }

    override func takeRun() -> ByteBuffer? {
        let run = stream.takeRun()
        if run != nil { hasPassedOn = true }
        return run
    }

    override func nextSequenceNumber() -> Int64 { stream.translation?.nextSequenceNumber ?? 0 }

    override func summary() -> AnswerSummary {
        form == .plain ? plainSummary(plain) : streamSummary(stream.reader)
    }
}

/// Reads answers of Bedrock's Converse.
private final class ConverseAnswerReader: AnswerReader {
    private var plain = ConverseResponseReader()
    private var stream = EventStreamIntake()

    init(form: AnswerForm, isSuccess: Bool, _ translation: StreamTranslation?) {
        super.init(form: form, isSuccess: isSuccess)
        stream.translation = translation
    }

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { takeStream() }
        try stream.read(bytes)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish()
        takeStream()
    }

    override func takeRun() -> ByteBuffer? {
        let run = stream.takeRun()
        if run != nil { hasPassedOn = true }
        return run
    }

    override func nextSequenceNumber() -> Int64 { stream.translation?.nextSequenceNumber ?? 0 }

    override func summary() -> AnswerSummary {
        form == .plain ? plainSummary(plain) : streamSummary(stream.reader)
    }

    private func takeStream() {
        hasContent = stream.hasContent
        hasTokens = stream.hasTokens
        hasError = stream.hasError
        sawFinishReason = stream.sawFinishReason
        isTerminated = stream.sawEnd
        terminalEvent = stream.terminalEvent
    }
}

/// Reads answers of OpenAI's responses.
private final class ResponsesAnswerReader: AnswerReader {
    private var plain = ResponsesBodyReader()
    private var stream = StreamIntake<ResponsesStreamReader>()

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { take(stream) }
        try stream.read(bytes, passesUsage: passesUsage)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish(passesUsage: passesUsage)
        take(stream)
    }

    override func takeRun() -> ByteBuffer? { stream.takeRun() }

    override func nextSequenceNumber() -> Int64 { stream.reader.lastSequenceNumber.map { $0 + 1 } ?? 0 }

    override func summary() -> AnswerSummary {
        form == .plain ? plainSummary(plain) : streamSummary(stream.reader)
    }
}

/// Reads answers of Gemini: contents, embeddings and counts.
private final class GeminiAnswerReader: AnswerReader {
    private var plain = GeminiResponseReader()
    private var stream: GeminiStreamIntake
    /// A stream of events on its way into another dialect, in place of the other one.
    private var translated: StreamIntake<GeminiStreamReader>?

    init(form: AnswerForm, isSuccess: Bool, _ translation: StreamTranslation?) {
        stream = GeminiStreamIntake(isArray: form == .array)
        super.init(form: form, isSuccess: isSuccess)
        guard let translation else { return }
        translated = StreamIntake()
        translated?.translation = translation
    }

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
        refusesCredential = plain.refusesKey
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { takeStream() }
        if translated == nil {
            try stream.read(bytes)
        } else {
            try translated?.read(bytes, passesUsage: passesUsage)
        }
    }

    override func finishStream(passesUsage: Bool) {
        if translated == nil { stream.finish() } else { translated?.finish(passesUsage: passesUsage) }
        takeStream()
    }

    private func takeStream() {
        if let translated {
            take(translated)
        } else {
            hasContent = stream.hasContent
            hasTokens = stream.hasTokens
            hasError = stream.reader.sawError
            sawFinishReason = stream.reader.sawFinishReason
            terminalEvent = stream.terminalEvent
        }
        // Nothing but the end of the body ends such a stream.
        isTerminated = terminalEvent != nil
    }

    override func takeRun() -> ByteBuffer? {
        guard let run = translated == nil ? stream.takeRun() : translated?.takeRun() else { return nil }
        hasPassedOn = true
        return run
    }

    override func nextSequenceNumber() -> Int64 { translated?.translation?.nextSequenceNumber ?? 0 }

    override func summary() -> AnswerSummary {
        guard form != .plain else { return plainSummary(plain) }
        return translated.map { streamSummary($0.reader) } ?? streamSummary(stream.reader)
    }
}

/// Reads answers of moderations, images and audio in JSON.
private final class MediaAnswerReader: AnswerReader {
    private var plain: MediaResponseReader
    private var stream: StreamIntake<MediaStreamReader>
    private let medium: AnswerMedium

    init(_ medium: AnswerMedium, answers: Int, form: AnswerForm, isSuccess: Bool) {
        self.medium = medium
        plain = MediaResponseReader(medium)
        stream = StreamIntake(MediaStreamReader(medium, imagesAsked: answers))
        super.init(form: form, isSuccess: isSuccess)
    }

    override func readPlain(_ bytes: ByteBuffer) {
        plain.read(bytes)
        hasContent = true
    }

    override func finishPlain() {
        plain.finish()
        take(plain)
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { take(stream) }
        try stream.read(bytes, passesUsage: passesUsage)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish(passesUsage: passesUsage)
        take(stream)
    }

    override func takeRun() -> ByteBuffer? { stream.takeRun() }

    override func summary() -> AnswerSummary {
        var summary = form == .plain ? plainSummary(plain) : streamSummary(stream.reader)
        if medium == .images { summary.evidence.unitsSeen = form == .plain ? plain.images : stream.reader.images }
        return summary
    }
}

/// Reads JSON answers that are passed through: whatever they are, they are whole and no fault, and may tell usage.
private final class PassedAnswerReader: AnswerReader {
    private var plain = MediaResponseReader(.passed)
    private var message = MessagesResponseReader()
    private var stream = StreamIntake(MediaStreamReader(.passed, imagesAsked: 1))
    private let isAnthropic: Bool
    private let counts: InvocationCounts?

    init(isAnthropic: Bool, _ counts: InvocationCounts?, form: AnswerForm, isSuccess: Bool) {
        self.isAnthropic = isAnthropic
        self.counts = counts
        super.init(form: form, isSuccess: isSuccess)
    }

    override func readPlain(_ bytes: ByteBuffer) {
        if isAnthropic { message.read(bytes) } else { plain.read(bytes) }
        hasContent = true
    }

    override func finishPlain() {
        if isAnthropic { message.finish() } else { plain.finish() }
        isWellFormed = true
    }

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        defer { take(stream) }
        // Nothing is asked for that the caller did not ask for.
        try stream.read(bytes, passesUsage: true)
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish(passesUsage: true)
        take(stream)
    }

    override func takeRun() -> ByteBuffer? { stream.takeRun() }

    override func summary() -> AnswerSummary {
        if form == .stream { return streamSummary(stream.reader) }
        let summary = isAnthropic ? plainSummary(message) : plainSummary(plain)
        // What the body itself tells of the cache is finer.
        guard let counts, summary.evidence.usage == nil else { return summary }
        return AnswerSummary(counts.report, sawAnswer: summary.evidence.sawAnswer)
    }
}

/// Reads streams of JSON lines that are passed through.
private final class LineAnswerReader: AnswerReader {
    private var stream = LineStreamIntake()

    override func readStream(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        stream.read(bytes)
        takeStream()
    }

    override func finishStream(passesUsage: Bool) {
        stream.finish()
        takeStream()
        // It ends where its provider ends it.
        isTerminated = true
    }

    private func takeStream() {
        hasContent = stream.hasContent
        hasTokens = stream.hasContent
        sawFinishReason = stream.reader.sawFinishReason
        terminalEvent = stream.terminalEvent
    }

    override func takeRun() -> ByteBuffer? { stream.takeRun() }

    override func summary() -> AnswerSummary { streamSummary(stream.reader) }
}

/// Passes over answers that tell nothing of themselves: audio, and transcripts as text or subtitles.
private final class OpaqueAnswerReader: AnswerReader {
    override func readPlain(_ bytes: ByteBuffer) {
        hasContent = true
    }

    override func finishPlain() {
        isWellFormed = true
    }

    override func summary() -> AnswerSummary {
        AnswerSummary(UsageReport(), sawAnswer: isSuccess && hasContent)
    }
}

extension Endpoint {
    fileprivate var medium: AnswerMedium {
        switch self {
        case .imageGenerations, .imageEdits: .images
        case .speech: .speech
        case .transcriptions, .translations: .transcript
        case .rerank, .rerankV2: .ranking
        case .passthrough: .passed
        default: .moderation
        }
    }

    /// Whether an answer that is no JSON is what was asked for.
    var mayBeOpaque: Bool { dialect == .openaiAudio || self == .passthrough }
}

extension AnswerReader {
    @inline(__always)
    fileprivate func take(_ plain: borrowing some AnswerBodyReader) {
        isWellFormed = plain.isWellFormed
        hasError = plain.hasError
    }

    @inline(__always)
    fileprivate func take(_ stream: borrowing StreamIntake<some AnswerStreamReader>) {
        hasContent = stream.hasContent
        hasTokens = stream.hasTokens
        hasError = stream.hasError
        sawFinishReason = stream.sawFinishReason
        terminalEvent = stream.terminalEvent
        isTerminated = stream.sawEnd
    }

    fileprivate func plainSummary(_ plain: some AnswerBodyReader) -> AnswerSummary {
        // An error in place of an answer is none of it.
        let isErrorAlone = plain.isWellFormed && plain.hasError && plain.estimatedOutputTokens == 0
        var summary = AnswerSummary(plain.usageReport(), sawAnswer: isSuccess && hasContent && !isErrorAlone)
        summary.estimate(outputTokens: plain.estimatedOutputTokens)
        summary.model = plain.model
        summary.responseID = plain.responseID
        return summary
    }

    fileprivate func streamSummary(_ stream: some AnswerStreamReport) -> AnswerSummary {
        var summary = AnswerSummary(stream.usageReport(), sawAnswer: isSuccess && hasContent)
        summary.estimate(outputTokens: stream.estimatedOutputTokens)
        summary.evidence.hasMalformedParts = stream.malformedEvents > 0
        summary.model = stream.model
        summary.responseID = stream.responseID
        return summary
    }
}

/// What an answer told, as far as it came.
struct AnswerSummary {
    /// The provider's usage object as it came.
    private(set) var rawUsage: String?
    /// The model as the provider named it.
    fileprivate(set) var model: String?
    /// The answer's own id.
    fileprivate(set) var responseID: String?
    var evidence: AttemptEvidence

    /// Nothing came.
    init() {
        evidence = AttemptEvidence(wasDispatched: false, sawAnswer: false)
    }

    fileprivate init(_ report: UsageReport, sawAnswer: Bool) {
        evidence = AttemptEvidence(wasDispatched: true, sawAnswer: sawAnswer, usage: report.usage)
        evidence.isUsageInconsistent = report.isInconsistent
        evidence.hasUncountedUsage = report.hasUncounted
        evidence.promptUsage = report.promptUsage
        evidence.outputTokensSeen = report.outputTokensSoFar
        rawUsage = report.raw
    }

    /// Takes what was seen where it is more than what was told.
    fileprivate mutating func estimate(outputTokens: Int) {
        evidence.outputTokensSeen = max(evidence.outputTokensSeen, Int64(outputTokens))
    }
}
