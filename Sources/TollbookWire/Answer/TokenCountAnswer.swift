package import NIOCore
package import TollbookCore

/// Answers of the endpoints that count a prompt's tokens.
package enum TokenCountAnswer {
    /// The body for a count, which is not negative: `{"input_tokens":…}` in Anthropic's dialect, with the object's name
    /// in OpenAI's (https://platform.openai.com/docs/api-reference/responses/input-tokens), `{"totalTokens":…}` in
    /// Gemini's (https://ai.google.dev/api/tokens), and `{"inputTokens":…}` in Bedrock's
    /// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html).
    package static func body(of endpoint: Endpoint, tokens: Int64) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            if endpoint == .responsesInputTokens {
                json.name("object")
                json.value("response.input_tokens")
            }
            json.name(String(describing: member(of: endpoint)))
            json.value(tokens)
        }
        return json.buffer
    }

    /// The count in a provider's answer; nil: it tells none.
    package static func tokens(in body: ByteBuffer, of endpoint: Endpoint) -> Int64? {
        (try? JSONView(body))?.value(member(of: endpoint))?.count
    }

    private static func member(of endpoint: Endpoint) -> StaticString {
        switch endpoint {
        case .geminiCountTokens: "totalTokens"
        case .converseCountTokens: "inputTokens"
        default: "input_tokens"
        }
    }
}
