/// Where Gemini's signatures stand in OpenAI's chat dialect: `extra_content.google.thought_signature` of a message or a
/// tool call, as Google's own endpoint for OpenAI's clients has it.
///
/// https://ai.google.dev/gemini-api/docs/thought-signatures#openai
enum GoogleExtras {
    static func write(_ signature: JSONText, _ json: inout JSONWriter) {
        json.name("extra_content")
        json.object { json in
            json.name("google")
            json.object { $0.member("thought_signature", signature) }
        }
    }

    /// The signature of a message or a tool call.
    static func signature(in view: JSONView) -> JSONText? {
        let signature = view.value("extra_content")?.value("google")?.value("thought_signature")?.text
        return signature.flatMap { $0.isEmpty ? nil : $0 }
    }
}
