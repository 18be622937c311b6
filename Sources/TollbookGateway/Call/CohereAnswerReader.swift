internal import NIOCore
internal import TollbookWire

/// Reads answers of Cohere's chat.
final class CohereAnswerReader: AnswerReader {
    private var plain = CohereChatResponseReader()
    private var stream = CohereStreamIntake()
    /// A stream on its way into another dialect, in place of the other one.
    private var translated: StreamIntake<CohereChatStreamReader>?

    init(form: AnswerForm, isSuccess: Bool, _ translation: StreamTranslation?) {
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
        guard let translated else {
            hasContent = stream.hasContent
            hasTokens = stream.hasTokens
            hasError = stream.reader.sawError
            sawFinishReason = stream.reader.sawFinishReason
            isTerminated = stream.reader.sawFinishReason
            terminalEvent = stream.terminalEvent
            return
        }
        take(translated)
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
