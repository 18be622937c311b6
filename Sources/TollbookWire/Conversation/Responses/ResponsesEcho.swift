internal import NIOCore

/// Members of a request that its response repeats, as OpenAI's do.
struct ResponsesEcho {
    /// Members and what stands for one that the request leaves out.
    private static let defaults: [(name: String, value: StaticString)] = [
        ("instructions", "null"), ("max_output_tokens", "null"), ("max_tool_calls", "null"), ("metadata", "{}"),
        ("parallel_tool_calls", "true"), ("prompt_cache_key", "null"), ("reasoning", "{}"),
        ("safety_identifier", "null"), ("temperature", "null"), ("text", #"{"format":{"type":"text"}}"#),
        ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_p", "null"), ("truncation", "\"disabled\""),
        ("user", "null"),
    ]

    private var values: [String: ByteBuffer] = [:]
    private var bytes = 0

    /// Keeps a member, if it is one that is repeated and there is room for it.
    mutating func take(_ name: String, _ value: JSONView) {
        guard bytes + value.bytes.readableBytes <= WireLimits.responseEchoBytes,
            Self.defaults.contains(where: { $0.name == name })
        else { return }
        bytes += value.bytes.readableBytes
        values[name] = value.bytes
    }

    /// All of them, without the braces of an object.
    func members() -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in Self.defaults {
                json.name(name)
                json.raw(values[name] ?? ByteBuffer(staticString: value))
            }
        }
        let object = json.buffer
        return object.getSlice(at: object.readerIndex + 1, length: object.readableBytes - 2) ?? ByteBuffer()
    }
}
