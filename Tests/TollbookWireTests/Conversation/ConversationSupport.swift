import Foundation
import NIOCore
import Testing
import TollbookWire

/// JSON as Foundation reads it: an opinion that shares nothing with the translation.
func parsed(_ bytes: ByteBuffer) -> NSDictionary? {
    (try? JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))) as? NSDictionary
}

/// Expects a body to be the same JSON as `expected`, whatever the order of its members.
func expectJSON(_ body: ByteBuffer, _ expected: String, _ location: SourceLocation = #_sourceLocation) {
    let same = parsed(body) == parsed(ByteBuffer(string: expected)) && parsed(body) != nil
    #expect(same, "\(body.text)\nis not\n\(expected)", sourceLocation: location)
}

extension TranslationOptions {
    static let sample = TranslationOptions(model: "served", defaultMaxOutputTokens: 8_192)
}

extension AnswerContext {
    static func sample(usage: Bool = true) -> AnswerContext {
        AnswerContext(
            model: "asked", createdSeconds: 1_700_000_000, includesUsage: usage, fallbackID: "req_1",
            elapsedMillis: { 17 })
    }
}

/// A stream after translation.
struct StreamOutcome {
    /// All that the caller sees, the terminal event or the error included.
    var text = ""
    /// The same as bytes, for dialects whose streams are no text.
    var bytes: [UInt8] = []
    var hasEnded = false
    var isCut = false
    var isMalformed = false
    var failure: ProviderError?
    var dropped: [String] = []
    /// Bytes that the largest single step wrote.
    var largestStep = 0
}

/// Server-sent events from blocks of text, each of which may stand on several lines.
func openAIStream(_ blocks: String) -> String {
    blocks.components(separatedBy: "\n\n").map { $0.replacingOccurrences(of: "\n", with: "") + "\n\n" }.joined()
}

/// The same for Anthropic's events, which begin with their type, given their data.
func anthropicStream(_ blocks: String) -> String {
    blocks.components(separatedBy: "\n\n").map { block in
        let type = block.components(separatedBy: "\"")[3]
        return "event: \(type)\ndata: \(block.replacingOccurrences(of: "\n", with: ""))\n\n"
    }.joined()
}

/// Translates a stream that arrives in chunks of `size` bytes; 0 for one chunk.
func translateStream(
    _ bytes: [UInt8], from source: ConversationDialect, to target: ConversationDialect, chunk size: Int = 0,
    usage: Bool = true
) -> StreamOutcome {
    translateStream(chunks(bytes, size), from: source, to: target, usage: usage)
}

/// Translates a stream that arrives in the given reads.
func translateStream(
    _ reads: [ByteBuffer], from source: ConversationDialect, to target: ConversationDialect, usage: Bool = true
) -> StreamOutcome {
    var translator = StreamTranslator(from: source, to: target, .sample(usage: usage))
    var outcome = StreamOutcome()
    var out = ByteBuffer()
    func tell(_ bytes: ByteBuffer) {
        outcome.text += bytes.text
        outcome.bytes += bytes.array
    }
    func take(_ step: StreamStep) {
        outcome.largestStep = max(outcome.largestStep, out.readableBytes)
        tell(out)
        out.clear()
        switch step {
        case .open: break
        case .ended(let terminal):
            tell(terminal)
            outcome.hasEnded = true
        case .failed(let error, let event):
            tell(event)
            outcome.failure = error
        case .cut: outcome.isCut = true
        case .malformed: outcome.isMalformed = true
        }
    }
    if source == .bedrockConverse {
        var splitter = EventStreamSplitter()
        for read in reads {
            splitter.append(read)
            while let message = try? splitter.next() { take(translator.translate(message, into: &out)) }
        }
    } else {
        var splitter = SSESplitter()
        for read in reads {
            splitter.append(read)
            while let event = try? splitter.next() {
                splitter.withhold()
                take(translator.translate(event, into: &out))
            }
            while splitter.takeRun() != nil {}
        }
        if let rest = splitter.finish() { take(translator.translate(rest, into: &out)) }
    }
    take(translator.finish(into: &out))
    outcome.dropped = translator.dropped.names
    return outcome
}

/// What a stream or an answer says, put together by a reader of the dialect that shares nothing with the product.
struct Said: Equatable {
    struct Call: Equatable {
        var id: String
        var name: String
        var arguments: String
    }

    var text = ""
    var thinking = ""
    var signature = ""
    var calls: [Call] = []
    var finish = ""
    /// Prompt, cache reads, cache writes, output.
    var tokens: [Int] = []
    var id = ""
    var model = ""

    /// The data of each event of a stream.
    static func events(_ stream: String) -> [[String: Any]] {
        let stream = stream.replacingOccurrences(of: "\r\n", with: "\n")
        return stream.components(separatedBy: "\n\n").compactMap { event in
            let data = event.split(separator: "\n").filter { $0.hasPrefix("data:") }.map { $0.dropFirst(5) }
            guard !data.isEmpty else { return nil }
            return try? JSONSerialization.jsonObject(with: Data(data.joined(separator: "\n").utf8)) as? [String: Any]
        }
    }

    static func openAI(_ stream: String) -> Said {
        var said = Said()
        for chunk in events(stream) {
            if said.id.isEmpty { said.id = chunk["id"] as? String ?? "" }
            said.model = chunk["model"] as? String ?? said.model
            if let usage = chunk["usage"] as? [String: Any] { said.addOpenAI(usage) }
            for choice in chunk["choices"] as? [[String: Any]] ?? [] where choice["index"] as? Int == 0 {
                if let reason = choice["finish_reason"] as? String { said.finish = reason }
                said.addOpenAI(delta: choice["delta"] as? [String: Any] ?? [:])
            }
        }
        return said
    }

    private mutating func addOpenAI(_ usage: [String: Any]) {
        let details = usage["prompt_tokens_details"] as? [String: Any] ?? [:]
        let read = details["cached_tokens"] as? Int ?? 0
        let write = details["cache_write_tokens"] as? Int ?? 0
        let prompt = usage["prompt_tokens"] as? Int ?? 0
        tokens = [prompt - read - write, read, write, usage["completion_tokens"] as? Int ?? 0]
    }

    private mutating func addOpenAI(delta: [String: Any]) {
        text += delta["content"] as? String ?? ""
        thinking += delta["reasoning_content"] as? String ?? delta["reasoning"] as? String ?? ""
        for block in delta["thinking_blocks"] as? [[String: Any]] ?? [] {
            signature += block["signature"] as? String ?? ""
        }
        for call in delta["tool_calls"] as? [[String: Any]] ?? [] {
            let index = call["index"] as? Int ?? 0
            let function = call["function"] as? [String: Any] ?? [:]
            if index == calls.count {
                calls.append(
                    Call(id: call["id"] as? String ?? "", name: function["name"] as? String ?? "", arguments: ""))
            }
            guard calls.indices.contains(index) else { continue }
            calls[index].arguments += function["arguments"] as? String ?? ""
        }
    }

    static func anthropic(_ stream: String) -> Said {
        var said = Said()
        var calls: [Int: Int] = [:]
        var usage: [String: Any] = [:]
        for event in events(stream) {
            let index = event["index"] as? Int ?? 0
            let message = event["message"] as? [String: Any] ?? [:]
            if let id = message["id"] as? String { said.id = id }
            said.model = message["model"] as? String ?? said.model
            for numbers in [message["usage"], event["usage"]] {
                usage.merge(numbers as? [String: Any] ?? [:]) { $1 is NSNull ? $0 : $1 }
            }
            if let block = event["content_block"] as? [String: Any], block["type"] as? String == "tool_use" {
                calls[index] = said.calls.count
                said.calls.append(
                    Call(id: block["id"] as? String ?? "", name: block["name"] as? String ?? "", arguments: ""))
            }
            let delta = event["delta"] as? [String: Any] ?? [:]
            said.text += delta["text"] as? String ?? ""
            said.thinking += delta["thinking"] as? String ?? ""
            said.signature += delta["signature"] as? String ?? ""
            if let call = calls[index] { said.calls[call].arguments += delta["partial_json"] as? String ?? "" }
            if let reason = delta["stop_reason"] as? String { said.finish = reason }
        }
        said.tokens = [
            "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens",
        ].map { usage[$0] as? Int ?? 0 }
        return said
    }
}

extension Said {
    /// The messages of an event stream: names and payloads; exceptions by their own names.
    static func messages(_ stream: [UInt8]) -> [(name: String, payload: [String: Any])] {
        var splitter = EventStreamSplitter()
        splitter.append(ByteBuffer(bytes: stream))
        var messages: [(String, [String: Any])] = []
        while let message = try? splitter.next() {
            messages.append((message.name ?? "", parsed(message.payload) as? [String: Any] ?? [:]))
        }
        return splitter.pendingBytes == 0 ? messages : []
    }

    static func bedrock(_ stream: [UInt8]) -> Said {
        var said = Said()
        var calls: [Int: Int] = [:]
        for (name, payload) in messages(stream) {
            let index = payload["contentBlockIndex"] as? Int ?? 0
            if let start = payload["start"] as? [String: Any], let tool = start["toolUse"] as? [String: Any],
                tool["type"] == nil
            {
                calls[index] = said.calls.count
                said.calls.append(
                    Call(id: tool["toolUseId"] as? String ?? "", name: tool["name"] as? String ?? "", arguments: ""))
            }
            let delta = payload["delta"] as? [String: Any] ?? [:]
            let thought = delta["reasoningContent"] as? [String: Any] ?? [:]
            said.text += delta["text"] as? String ?? ""
            said.thinking += thought["text"] as? String ?? ""
            said.signature += thought["signature"] as? String ?? ""
            if let call = calls[index] {
                said.calls[call].arguments += (delta["toolUse"] as? [String: Any])?["input"] as? String ?? ""
            }
            if let reason = payload["stopReason"] as? String { said.finish = reason }
            guard name == "metadata", let usage = payload["usage"] as? [String: Any] else { continue }
            said.tokens = ["inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens", "outputTokens"].map {
                usage[$0] as? Int ?? 0
            }
        }
        return said
    }
}

extension Recordings {
    /// Exchanges of one provider and API.
    static func exchanges(_ provider: String, _ api: String) -> [(name: String, folder: URL)] {
        guard let root, let index = try? String(contentsOf: root.appending(path: "INDEX.jsonl"), encoding: .utf8)
        else { return [] }
        return index.split(separator: "\n").compactMap { line in
            guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let name = entry["case"] as? String, entry["provider"] as? String == provider,
                entry["api"] as? String == api
            else { return nil }
            return (name, root.appending(path: name))
        }
    }

    /// One file of an exchange.
    static func file(_ name: String, in folder: URL) -> ByteBuffer? {
        (try? Data(contentsOf: folder.appending(path: name))).map { ByteBuffer(bytes: $0) }
    }
}
