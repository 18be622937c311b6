/// Writes the body of a plain Gemini answer: content, a count of tokens, or embeddings.
struct GeminiBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters of the first candidate are
    /// left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    func write(into sink: inout ByteSink) -> Int? {
        switch plan.dialect {
        case .geminiCount:
            sink.write("{\"totalTokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write(",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}]}")
            return nil
        case .geminiEmbedding:
            sink.write("{\"embedding\":{\"values\":[0.5,-0.25,0.125,0,1,-1,0.75,2]}}")
            return nil
        case .geminiEmbeddings:
            writeVectors(into: &sink)
            return nil
        default: return writeContent(into: &sink)
        }
    }

    private func writeVectors(into sink: inout ByteSink) {
        sink.write("{\"embeddings\":[")
        if case .vectors(let count, _) = plan.content {
            let vector = #"{"values":[0.5,-0.25,0.125,0,1,-1,0.75,2]}"#
            sink.write(text: Array(repeating: vector, count: count).joined(separator: ","))
        }
        sink.write("]}")
    }

    private func writeContent(into sink: inout ByteSink) -> Int? {
        sink.write("{\"candidates\":[")
        var gap: Int?
        for choice in 0..<plan.choices {
            sink.write(choice > 0 ? ",{\"content\":{\"parts\":[" : "{\"content\":{\"parts\":[")
            let inner = writeParts(choice, into: &sink)
            gap = gap ?? inner
            sink.write("],\"role\":\"model\"}")
            if plan.finish != .missing { sink.write(text: ",\"finishReason\":\"\(plan.finish.geminiName)\"") }
            sink.write(",\"index\":")
            sink.writeDecimal(choice)
            sink.write("}")
        }
        sink.write("]")
        writeEnd(candidates: plan.figures.completion - plan.figures.reasoning, into: &sink)
        return gap
    }

    private func writeParts(_ choice: Int, into sink: inout ByteSink) -> Int? {
        switch plan.content {
        case .words(let tokens):
            sink.write("{\"text\":\"")
            Vocabulary.latin.write(0, count: tokens, choice: choice, into: &sink)
            sink.write("\"}")
        case .text(let text): sink.write(text: Self.text(JSONText.escaped(text)))
        case .toolCalls(let calls): sink.write(text: calls.map(Self.call).joined(separator: ","))
        case .filler:
            sink.write("{\"text\":\"")
            // Only the first choice is large: one is enough for what this tests.
            let gap = choice == 0 ? sink.count : nil
            sink.write("\"}")
            return gap
        case .vectors, .media: break
        }
        return nil
    }

    /// Writes what follows the candidates, to the end of the object.
    ///
    /// - Parameter candidates: tokens so far.
    func writeEnd(candidates: Int, into sink: inout ByteSink) {
        if plan.usage != .absent {
            sink.write(",\"usageMetadata\":")
            plan.figures.writeGemini(candidates: candidates, into: &sink)
        }
        sink.write(",\"modelVersion\":\"")
        sink.write(plan.model)
        sink.write("\",\"responseId\":\"")
        stamp.writeRequestID(into: &sink)
        sink.write("\"}")
    }

    /// A part of text, which is escaped already.
    static func text(_ escaped: String) -> String { #"{"text":"\#(escaped)"}"# }

    /// A part that calls a function.
    static func call(_ call: ToolSample) -> String {
        #"{"functionCall":{"name":"\#(JSONText.escaped(call.name))","args":\#(call.arguments)}}"#
    }
}

extension UsageFigures {
    /// Writes Gemini's usage object: its `candidatesTokenCount` leaves out the thoughts.
    ///
    /// - Parameter candidates: the answer's tokens so far, without thoughts.
    func writeGemini(candidates: Int, into sink: inout ByteSink) {
        sink.write(text: "{\"promptTokenCount\":\(prompt)")
        if cached > 0 { sink.write(text: ",\"cachedContentTokenCount\":\(cached)") }
        if candidates > 0 { sink.write(text: ",\"candidatesTokenCount\":\(candidates)") }
        if reasoning > 0 { sink.write(text: ",\"thoughtsTokenCount\":\(reasoning)") }
        sink.write(text: ",\"totalTokenCount\":\(prompt + candidates + reasoning)")
        sink.write(text: ",\"promptTokensDetails\":[\(Self.details(of: prompt, audio: audioIn))]")
        if audioOut > 0, candidates >= audioOut {
            sink.write(text: ",\"candidatesTokensDetails\":[\(Self.details(of: candidates, audio: audioOut))]")
        }
        sink.write("}")
    }

    private static func details(of count: Int, audio: Int) -> String {
        let text = #"{"modality":"TEXT","tokenCount":\#(max(0, count - audio))}"#
        return audio > 0 ? text + #",{"modality":"AUDIO","tokenCount":\#(audio)}"# : text
    }
}

extension ChatPlan.Finish {
    /// `finishReason`; function calls have none of their own.
    var geminiName: String { self == .length ? "MAX_TOKENS" : "STOP" }
}
