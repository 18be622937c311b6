/// Writes the body of an answer of moderations, images or audio.
struct MediaBody {
    let plan: ChatPlan
    let content: MediaContent
    let stamp: CallStamp

    /// Writes the whole body but for the letters that `content` has.
    ///
    /// - Returns: the index in `sink` where those belong; nil if there are none.
    func write(into sink: inout ByteSink) -> Int? {
        switch content.kind {
        case .moderation: writeModeration(into: &sink)
        case .images: return content.isStream ? writeImageEvents(into: &sink) : writeImages(into: &sink)
        case .speech:
            guard content.isStream else { return sink.count }
            return writeSpeechEvents(into: &sink)
        case .transcript: writeTranscript(into: &sink)
        case .ranking: writeRanking(into: &sink)
        }
        return nil
    }

    // MARK: Moderations

    private static let categories = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
        "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
    ]

    private func writeModeration(into sink: inout ByteSink) {
        func members(_ value: String) -> String {
            Self.categories.map { "\"\($0)\":\(value)" }.joined(separator: ",")
        }
        let result =
            "{\"flagged\":false,\"categories\":{\(members("false"))},\"category_scores\":{\(members("0.001"))},"
            + "\"category_applied_input_types\":{\(members("[\"text\"]"))}}"
        sink.write("{\"id\":\"modr-sim")
        sink.writeDigits(stamp.number, width: 16)
        sink.write("\",\"model\":\"")
        sink.write(plan.model)
        sink.write("\",\"results\":[")
        sink.write(text: Array(repeating: result, count: content.count).joined(separator: ","))
        sink.write("]}")
    }

    // MARK: Images

    private func writeImages(into sink: inout ByteSink) -> Int? {
        sink.write("{\"created\":")
        sink.writeDecimal(stamp.created)
        sink.write(",\"data\":[")
        var gap: Int?
        for index in 0..<content.count {
            if index > 0 { sink.write(",") }
            if content.format == "url" {
                sink.write("{\"url\":\"https://simulated.invalid/")
                sink.writeDecimal(index)
                sink.write(".png\"}")
            } else {
                sink.write("{\"b64_json\":\"")
                if index == 0 { gap = sink.count } else { sink.write("iVBORw0KGgo=") }
                sink.write("\"}")
            }
        }
        sink.write("]")
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            writeImageUsage(1, into: &sink)
        }
        sink.write("}")
        return gap
    }

    /// - Parameter share: how many images the figures are shared by.
    private func writeImageUsage(_ share: Int, into sink: inout ByteSink) {
        let input = plan.figures.prompt / share
        let output = plan.figures.completion / share
        let image = content.kind == .images(isEdit: true) ? input / 2 : 0
        sink.write(
            text: "{\"total_tokens\":\(input + output),\"input_tokens\":\(input),\"output_tokens\":\(output),"
                + "\"input_tokens_details\":{\"text_tokens\":\(input - image),\"image_tokens\":\(image)}}")
    }

    private func writeImageEvents(into sink: inout ByteSink) -> Int? {
        let name = content.kind == .images(isEdit: true) ? "image_edit" : "image_generation"
        let fields =
            "\"created_at\":\(stamp.created),\"size\":\"1024x1024\",\"quality\":\"low\",\"background\":\"opaque\","
            + "\"output_format\":\"png\""
        event(
            "\(name).partial_image", "\"b64_json\":\"iVBORw0KGgo=\",\"partial_image_index\":0,\(fields)", into: &sink)
        var gap: Int?
        for index in 0..<content.count {
            begin("\(name).completed", into: &sink)
            sink.write(text: "\(fields),\"b64_json\":\"")
            if index == 0 { gap = sink.count }
            sink.write("\"")
            if plan.usage != .absent {
                sink.write(",\"usage\":")
                writeImageUsage(content.count, into: &sink)
            }
            sink.write("}\n\n")
        }
        return gap
    }

    // MARK: Audio

    private func writeSpeechEvents(into sink: inout ByteSink) -> Int? {
        begin("speech.audio.delta", into: &sink)
        sink.write("\"audio\":\"")
        let gap = sink.count
        sink.write("\"}\n\n")
        event("speech.audio.delta", "\"audio\":\"YXVkaW8=\"", into: &sink)
        let (input, output) = (plan.figures.prompt, plan.figures.completion)
        let figures = "\"input_tokens\":\(input),\"output_tokens\":\(output),\"total_tokens\":\(input + output)"
        event("speech.audio.done", "\"usage\":" + (plan.usage == .absent ? "null" : "{\(figures)}"), into: &sink)
        return gap
    }

    private func writeTranscript(into sink: inout ByteSink) {
        if content.isStream { return writeTranscriptEvents(into: &sink) }
        switch content.format {
        case "text":
            writeWords(into: &sink)
            sink.write("\n")
        case "srt", "vtt":
            sink.write(
                content.format == "vtt"
                    ? "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n" : "1\n00:00:00,000 --> 00:00:01,000\n")
            writeWords(into: &sink)
            sink.write("\n\n")
        default:
            sink.write("{")
            if content.format == "verbose_json" {
                sink.write(
                    text: "\"task\":\"transcribe\",\"language\":\"latin\",\"duration\":\(content.units ?? 1).0,"
                        + "\"segments\":[],")
            }
            sink.write("\"text\":\"")
            writeWords(into: &sink)
            sink.write("\"")
            if plan.usage != .absent { sink.write(text: ",\"usage\":\(transcriptUsage)") }
            sink.write("}")
        }
    }

    private func writeTranscriptEvents(into sink: inout ByteSink) {
        for word in 0..<content.words {
            begin("transcript.text.delta", into: &sink)
            sink.write("\"delta\":\"")
            Vocabulary.latin.write(word, count: 1, choice: 0, into: &sink)
            sink.write("\"}\n\n")
        }
        begin("transcript.text.done", into: &sink)
        sink.write("\"text\":\"")
        writeWords(into: &sink)
        sink.write("\"")
        if plan.usage != .absent { sink.write(text: ",\"usage\":\(transcriptUsage)") }
        sink.write("}\n\n")
    }

    private func writeWords(into sink: inout ByteSink) {
        Vocabulary.latin.write(0, count: content.words, choice: 0, into: &sink)
    }

    private var transcriptUsage: String {
        if let seconds = content.units { return "{\"type\":\"duration\",\"seconds\":\(seconds)}" }
        let (input, output) = (plan.figures.prompt, plan.figures.completion)
        let text = min(input, 2)
        return "{\"type\":\"tokens\",\"input_tokens\":\(input),\"input_token_details\":{\"text_tokens\":\(text),"
            + "\"audio_tokens\":\(input - text)},\"output_tokens\":\(output),\"total_tokens\":\(input + output)}"
    }

    // MARK: Rankings

    /// In Cohere's form; a model named after Jina tells tokens in place of search units.
    private func writeRanking(into sink: inout ByteSink) {
        sink.write("{\"id\":\"rank-sim")
        sink.writeDigits(stamp.number, width: 16)
        sink.write("\",\"results\":[")
        let results = (0..<content.count).map { index in
            "{\"index\":\(index),\"relevance_score\":0.\(9 - min(8, index))}"
        }
        sink.write(text: results.joined(separator: ",") + "]")
        if plan.usage != .absent {
            let tokens = plan.figures.prompt
            sink.write(
                text: ModelName.text(plan.model).contains("jina")
                    ? ",\"usage\":{\"total_tokens\":\(tokens),\"prompt_tokens\":\(tokens)}"
                    : ",\"meta\":{\"api_version\":{\"version\":\"2\"},\"billed_units\":{\"search_units\":"
                        + "\(content.units ?? 1)}}")
        }
        sink.write("}")
    }

    // MARK: Events

    private func begin(_ type: String, into sink: inout ByteSink) {
        sink.write(text: "event: \(type)\ndata: {\"type\":\"\(type)\",")
    }

    private func event(_ type: String, _ members: String, into sink: inout ByteSink) {
        begin(type, into: &sink)
        sink.write(text: members)
        sink.write("}\n\n")
    }
}
