internal import NIOCore
internal import TollbookCore

extension AnswerTokens {
    /// Reads OpenAI's inclusive totals; nil when there are none.
    init?(openAI usage: JSONView) {
        guard let read = OpenAIUsage(usage.bytes)?.usage else { return nil }
        self.init()
        input = read[.input] &+ read[.inputAudio] &+ read[.inputImage]
        cacheRead = read[.cacheRead]
        cacheWrite = read[.cacheWrite] &+ read[.cacheWrite5m] &+ read[.cacheWrite1h]
        output = read.outputTokens
        let told = usage.value("completion_tokens_details")?.value("reasoning_tokens")
        thinking = read[.reasoning] > 0 || told != nil ? read[.reasoning] : nil
        audio = read[.outputAudio]
    }

    /// Reads Gemini's totals; nil when there are none. `toolUsePromptTokenCount` is input too.
    init?(gemini usage: JSONView) {
        guard let read = GeminiUsage(usage.bytes)?.usage else { return nil }
        self.init()
        input = read[.input] &+ read[.inputAudio] &+ read[.inputImage]
        cacheRead = read[.cacheRead]
        output = read.outputTokens
        let told = usage.value("thoughtsTokenCount")
        thinking = read[.reasoning] > 0 || told != nil ? read[.reasoning] : nil
        audio = read[.outputAudio]
    }

    /// Takes over the numbers that an Anthropic usage object has; a stream tells them bit by bit, as running totals.
    mutating func merge(anthropic usage: JSONView) {
        for (name, value) in usage.members {
            if name.equals("output_tokens_details") {
                if let tokens = value.value("thinking_tokens")?.tokenCount { thinking = tokens }
                continue
            }
            guard let tokens = value.tokenCount else { continue }
            switch name {
            case "input_tokens": input = tokens
            case "cache_read_input_tokens": cacheRead = tokens
            case "cache_creation_input_tokens": cacheWrite = tokens
            case "output_tokens": output = tokens
            default: continue
            }
        }
    }

    /// As OpenAI tells usage.
    func writeOpenAI(_ json: inout JSONWriter) {
        json.object { json in
            json.name("prompt_tokens")
            json.value(prompt)
            json.name("completion_tokens")
            json.value(output)
            json.name("total_tokens")
            json.value(prompt &+ output)
            json.name("prompt_tokens_details")
            json.object { json in
                json.name("cached_tokens")
                json.value(cacheRead)
                json.name("cache_write_tokens")
                json.value(cacheWrite)
            }
            guard let thinking else { return }
            json.name("completion_tokens_details")
            json.object { json in
                json.name("reasoning_tokens")
                json.value(thinking)
            }
        }
    }

    /// As OpenAI's responses tell usage.
    func writeResponses(_ json: inout JSONWriter) {
        json.object { json in
            json.name("input_tokens")
            json.value(prompt)
            json.name("input_tokens_details")
            json.object { json in
                json.name("cached_tokens")
                json.value(cacheRead)
                json.name("cache_write_tokens")
                json.value(cacheWrite)
            }
            json.name("output_tokens")
            json.value(output)
            json.name("output_tokens_details")
            json.object { json in
                json.name("reasoning_tokens")
                json.value(thinking ?? 0)
            }
            json.name("total_tokens")
            json.value(prompt &+ output)
        }
    }

    /// As Anthropic tells usage.
    func writeAnthropic(_ json: inout JSONWriter) {
        json.object { json in
            json.name("input_tokens")
            json.value(input)
            json.name("cache_creation_input_tokens")
            json.value(cacheWrite)
            json.name("cache_read_input_tokens")
            json.value(cacheRead)
            json.name("output_tokens")
            json.value(output)
            guard let thinking else { return }
            json.name("output_tokens_details")
            json.object { json in
                json.name("thinking_tokens")
                json.value(thinking)
            }
        }
    }
}

extension JSONView {
    /// A number of tokens that can be believed.
    var tokenCount: Int64? { count.flatMap { $0 <= WireLimits.usageTokens ? $0 : nil } }
}
