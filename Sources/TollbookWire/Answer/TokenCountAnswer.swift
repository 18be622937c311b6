package import NIOCore
package import TollbookCore

/// Answers of the endpoints that count a prompt's tokens.
package enum TokenCountAnswer {
    /// The body for a count, which is not negative: `{"input_tokens":…}` in Anthropic's dialect, with the object's name
    /// in OpenAI's (https://platform.openai.com/docs/api-reference/responses/input-tokens), and `{"totalTokens":…}` in
    /// Gemini's (https://ai.google.dev/api/tokens).
    package static func body(of endpoint: Endpoint, tokens: Int64) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            if endpoint == .responsesInputTokens {
                json.name("object")
                json.value("response.input_tokens")
            }
            json.name(endpoint == .geminiCountTokens ? "totalTokens" : "input_tokens")
            json.value(tokens)
        }
        return json.buffer
    }
}
