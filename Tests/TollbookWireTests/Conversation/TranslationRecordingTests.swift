import Foundation
import NIOCore
import Testing
import TollbookWire

/// Real exchanges: what is made of them fits the other provider's published description, and says the same.
@Suite(.enabled(if: Recordings.arePresent && SpecSchema.arePresent, Comment(rawValue: Recordings.missing)))
struct TranslationRecordingTests {
    private static let openAI =
        Recordings.exchanges("openai", "chat/completions")
        + ["azure", "deepseek", "groq", "openrouter", "gemini", "cerebras"].flatMap {
            Recordings.exchanges($0, "chat/completions")
        }
    private static let anthropic = Recordings.exchanges("anthropic", "messages")

    /// Requests that a rule refuses, with the field; every other one must be translated.
    private static let refusedOpenAI = [
        "openai/chat-completion-error-0": "n",
        "openai/chat-completion-custom-tool-call-0": "tools[type=custom]",
        "openai/completion-stream-multiple-choices-with-tools-0": "n",
        "openai/test-openai-moderation-stream-0": "moderation",
        "openai/test-openai-web-search-tool-model-not-supported-0": "web_search_options",
    ]

    @Test func requestsToAnthropicFitItsSchema() throws {
        let schema = try #require(SpecSchema("derived/anthropic.MessageCreateParams.schema.json"))
        var translated = 0
        var refused: [String: String] = [:]
        for (name, folder) in Self.openAI {
            guard let body = Recordings.file("request.json", in: folder) else { continue }
            do {
                let request = try RequestTranslator.translate(
                    body, from: .openAIChat, to: .anthropicMessages, .sample)
                var object = try #require(parsed(request.body) as? [String: Any])
                // The derived schema is that of calls without a stream; and of an SDK from which sampling went.
                object["stream"] = nil
                #expect(schema.problems(object).isEmpty, "\(name): \(schema.problems(object))")
                let unknown = schema.unknownNames(object).filter { !["temperature", "top_p", "tools"].contains($0) }
                #expect(unknown.isEmpty, "\(name): \(unknown)")
                translated += 1
            } catch TranslationError.refused(let refusal) {
                refused[name] = refusal.field
            } catch {
                // What cannot be read here, its own provider could not read either.
                #expect(Self.status(folder) == 400, "\(name): \(error)")
            }
        }
        #expect(refused.filter { $0.key.hasPrefix("openai/") } == Self.refusedOpenAI, "\(refused)")
        #expect(translated >= 8)
    }

    @Test func requestsToOpenAIFitItsSchema() throws {
        let schema = try #require(SpecSchema("openai/openapi.json", schema: "CreateChatCompletionRequest"))
        var translated = 0
        var refused: [String: String] = [:]
        for (name, folder) in Self.anthropic {
            guard let body = Recordings.file("request.json", in: folder) else { continue }
            do {
                let request = try RequestTranslator.translate(
                    body, from: .anthropicMessages, to: .openAIChat, .sample)
                let object = try #require(parsed(request.body) as? [String: Any])
                #expect(schema.problems(object).isEmpty, "\(name): \(schema.problems(object))")
                #expect(schema.unknownNames(object).isEmpty, "\(name)")
                translated += 1
            } catch TranslationError.refused(let refusal) {
                refused[name] = refusal.field
            } catch {
                // What cannot be read here, its own provider could not read either.
                #expect(Self.status(folder) == 400, "\(name): \(error)")
            }
        }
        #expect(translated >= 8)
        let fields: Set = ["tools[].type", "messages[].content[].type", "mcp_servers", "container", "messages"]
        #expect(refused.values.allSatisfy { fields.contains($0) }, "\(refused)")
    }

    @Test func plainAnswersSayTheSameAndFitTheSchema() throws {
        let completion = try #require(SpecSchema("derived/openai.ChatCompletion.schema.json"))
        let message = try #require(SpecSchema("derived/anthropic.Message.schema.json"))
        var seen = 0
        for (name, folder, source) in Self.answers("response.json") {
            let body = try #require(Recordings.file("response.json", in: folder))
            let target: ConversationDialect = source == .openAIChat ? .anthropicMessages : .openAIChat
            guard parsed(body)?["error"] == nil else {
                #expect(throws: AnswerTranslationError.self, "\(name)") {
                    try AnswerTranslator.translate(body, from: source, to: target, .sample())
                }
                continue
            }
            let there = try AnswerTranslator.translate(body, from: source, to: target, .sample())
            let object = try #require(parsed(there.body))
            let problems = (target == .openAIChat ? completion : message).problems(object)
            #expect(problems.isEmpty, "\(name): \(problems)")
            let back = try AnswerTranslator.translate(there.body, from: target, to: source, .sample())
            let again = try AnswerTranslator.translate(back.body, from: source, to: target, .sample())
            #expect(parsed(again.body)?["usage"] as? NSDictionary == object["usage"] as? NSDictionary, "\(name)")
            #expect(Self.essence(back.body, source) == Self.essence(body, source), "\(name)")
            seen += 1
        }
        #expect(seen >= 15)
    }

    @Test(arguments: [0, 1, 7])
    func streamsSayTheSameAndFitTheSchema(_ size: Int) throws {
        let chunk = try #require(SpecSchema("derived/openai.ChatCompletionChunk.schema.json"))
        let event = try #require(SpecSchema("derived/anthropic.RawMessageStreamEvent.schema.json"))
        var seen = 0
        for (name, folder, source) in Self.answers("response.sse") {
            let body = try #require(Recordings.file("response.sse", in: folder))
            let target: ConversationDialect = source == .openAIChat ? .anthropicMessages : .openAIChat
            let outcome = translateStream(body.array, from: source, to: target, chunk: size)
            #expect(outcome.hasEnded || outcome.failure != nil, "\(name)")
            guard outcome.hasEnded else { continue }
            if size == 0 {
                for object in Said.events(outcome.text) where object["type"] as? String != "ping" {
                    let problems = (target == .openAIChat ? chunk : event).problems(object)
                    #expect(problems.isEmpty, "\(name): \(problems)")
                }
            }
            let (before, after) =
                source == .openAIChat
                ? (Said.openAI(body.text), Said.anthropic(outcome.text))
                : (Said.anthropic(body.text), Said.openAI(outcome.text))
            #expect(after.text == before.text && after.thinking == before.thinking, "\(name)")
            #expect(after.signature == before.signature, "\(name)")
            #expect(Self.same(after.calls, before.calls), "\(name): \(after.calls)\n\(before.calls)")
            #expect(before.tokens.isEmpty || after.tokens == before.tokens, "\(name): \(after.tokens) \(before.tokens)")
            seen += 1
        }
        #expect(seen >= 10)
    }

    // MARK: What is compared

    /// Successful exchanges of both dialects that have a file.
    private static func answers(_ file: String) -> [(String, URL, ConversationDialect)] {
        let all =
            openAI.map { ($0.name, $0.folder, ConversationDialect.openAIChat) }
            + anthropic.map { ($0.name, $0.folder, ConversationDialect.anthropicMessages) }
        return all.filter { _, folder, _ in
            status(folder) == 200 && Recordings.file(file, in: folder) != nil
        }
    }

    private static func status(_ folder: URL) -> Int? {
        Recordings.file("meta.json", in: folder).flatMap(parsed)?["status"] as? Int
    }

    /// No arguments and an empty object are one.
    private static func same(_ left: [Said.Call], _ right: [Said.Call]) -> Bool {
        func plain(_ calls: [Said.Call]) -> [Said.Call] {
            calls.map { .init(id: "", name: $0.name, arguments: $0.arguments.isEmpty ? "{}" : $0.arguments) }
        }
        return plain(left) == plain(right)
    }

    /// What both dialects can say of an answer.
    private static func essence(_ body: ByteBuffer, _ dialect: ConversationDialect) -> [String] {
        let object = parsed(body) as? [String: Any] ?? [:]
        if dialect == .openAIChat {
            let choice = (object["choices"] as? [[String: Any]])?.first ?? [:]
            let message = choice["message"] as? [String: Any] ?? [:]
            let calls = (message["tool_calls"] as? [[String: Any]] ?? []).filter { $0["function"] != nil }
            return [message["content"] as? String ?? "", choice["finish_reason"] as? String ?? ""]
                + calls.flatMap { call -> [String] in
                    let function = call["function"] as? [String: Any] ?? [:]
                    return [function["name"] as? String ?? "", canonical(function["arguments"] as? String ?? "")]
                }
        }
        let blocks = object["content"] as? [[String: Any]] ?? []
        let reason = object["stop_reason"] as? String ?? ""
        let text = blocks.filter { $0["type"] as? String == "text" }.map { $0["text"] as? String ?? "" }.joined()
        // These two have no word of their own in OpenAI's dialect.
        return [text, ["stop_sequence", "pause_turn"].contains(reason) ? "end_turn" : reason]
            + blocks.filter { $0["type"] as? String == "tool_use" }.flatMap { block -> [String] in
                let input =
                    (try? JSONSerialization.data(withJSONObject: block["input"] ?? [:], options: .sortedKeys)) ?? Data()
                return [block["name"] as? String ?? "", String(decoding: input, as: UTF8.self)]
            }
    }

    private static func canonical(_ json: String) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let data = try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        else { return json }
        return String(decoding: data, as: UTF8.self)
    }
}
