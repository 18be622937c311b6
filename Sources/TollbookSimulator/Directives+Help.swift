extension Directives {
    /// The whole grammar for `tollbook simulate --help`: every key with its meaning, every fault and word.
    package static var help: String {
        var lines = [
            "Directives pin counts, times and faults of one answer. Write them as key=value pairs between commas",
            "in the request header x-sim, or in the model name after / or : (sim/completion=20,fault=drip).",
            "The header wins over the model name, which wins over --default. Unknown keys are answered with 400.",
            "They mean the same at /v1/chat/completions, /v1/responses, /v1/messages,",
            "/v2/chat, /model/{model}/converse[-stream], …/count-tokens and /v1beta/models/{model}:generateContent and",
            "its siblings. The usage objects of messages and Converse take cached and cache_write tokens out of",
            "prompt, Gemini's takes reasoning out of completion; of Cohere's chat both are the billed units, and",
            "reasoning has text. usage= is for chat streams only.",
            "Of images and audio, bytes= is the first picture's length in base64, or the sound's; models named",
            "whisper are charged by prompt seconds. Rankings tell prompt as search units, and as tokens of models",
            "named jina.",
        ]
        lines += BatchWish.help
        lines.append("")
        lines += DirectiveKey.all.map { row("\($0.name)=N", $0.help) }
        lines += [
            row("shape=…", "body of an error: " + words(ErrorShape.self)),
            row("code=…", "error.code of an error body"),
            row("usage=…", "where a stream tells usage: " + words(UsagePlacement.self)),
            row("cut=…", "how cut_mid_stream ends: " + words(CutKind.self)),
            "",
        ]
        lines += Fault.allCases.map { row("fault=\($0.rawValue)", $0.help) }
        return lines.joined(separator: "\n")
    }

    private static func row(_ key: String, _ text: String) -> String {
        let padding = String(repeating: " ", count: max(1, 30 - key.count))
        return "  \(key)\(padding)\(text)"
    }

    private static func words<Word>(_ type: Word.Type) -> String
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
