package import NIOCore

/// The answer of Anthropic's token counting: `{"input_tokens":…}`
/// (https://docs.anthropic.com/en/api/messages-count-tokens).
package enum AnthropicTokenCount {
    /// The body for a count, which is not negative.
    package static func body(inputTokens: Int64) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.name("input_tokens")
            json.value(inputTokens)
        }
        return json.buffer
    }
}
