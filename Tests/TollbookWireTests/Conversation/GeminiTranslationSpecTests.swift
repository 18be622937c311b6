import Foundation
import NIOCore
import Testing
import TollbookWire

/// Real requests and answers: what is made of them fits what Google has published.
@Suite(.enabled(if: Recordings.arePresent && SpecSchema.arePresent, Comment(rawValue: Recordings.missing)))
struct GeminiTranslationSpecTests {
    /// Names that a request has and Google's description of Vertex AI has not.
    private static func unknown(_ value: Any, _ schema: String, _ schemas: [String: Any], at path: String) -> [String] {
        guard let known = schemas[schema] as? [String: Any], let object = value as? [String: Any],
            let properties = known["properties"] as? [String: Any]
        else { return [] }
        return object.flatMap { name, value -> [String] in
            guard let property = properties[name] as? [String: Any] else { return ["\(path).\(name)"] }
            let items = property["items"] as? [String: Any]
            guard let inner = (property["$ref"] ?? items?["$ref"]) as? String else { return [] }
            let values = value as? [Any] ?? [value]
            return values.flatMap { unknown($0, inner, schemas, at: "\(path).\(name)") }
        }
    }

    @Test func requestsFitTheDescription() throws {
        let root = try #require(Recordings.root).deletingLastPathComponent()
        let file = root.appending(path: "specs/gemini/aiplatform.v1.generateContent-schemas.json")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let schemas = try #require(document?["schemas"] as? [String: Any])
        let sources = [
            ("openai", "chat/completions", ConversationDialect.openAIChat),
            ("anthropic", "messages", .anthropicMessages), ("openai", "responses", .openAIResponses),
        ]
        var options = TranslationOptions.sample
        options.takesServiceTier = false
        var seen = 0
        for (provider, api, source) in sources {
            for (name, folder) in Recordings.exchanges(provider, api) {
                guard let body = Recordings.file("request.json", in: folder),
                    let request = try? RequestTranslator.translate(body, from: source, to: .gemini, options)
                else { continue }
                let object = try #require(parsed(request.body), "\(name)")
                let unknown = Self.unknown(
                    object, "GoogleCloudAiplatformV1GenerateContentRequest", schemas, at: "$")
                #expect(unknown.isEmpty, "\(name): \(unknown)")
                seen += 1
            }
        }
        #expect(seen >= 20)
    }

    @Test func requestsOfItsCallersFitTheOthers() throws {
        let chat = try #require(SpecSchema("openai/openapi.json", schema: "CreateChatCompletionRequest"))
        var seen = 0
        for (name, folder) in ["generateContent", "streamGenerateContent"].flatMap({ api in
            ["gemini", "vertex"].flatMap { Recordings.exchanges($0, api) }
        }) {
            guard let body = Recordings.file("request.json", in: folder) else { continue }
            do {
                let request = try RequestTranslator.translate(body, from: .gemini, to: .openAIChat, .sample)
                let problems = chat.problems(try #require(parsed(request.body)))
                #expect(problems.isEmpty, "\(name): \(problems)")
                seen += 1
            } catch TranslationError.refused(let refusal) {
                let google: Set = ["tools[].googleSearch", "contents[].parts[].fileData"]
                #expect(google.contains(refusal.field), "\(name): \(refusal)")
            } catch {
                #expect(name.contains("invalid-role"), "\(name): \(error)")
            }
        }
        #expect(seen >= 8)
    }

    @Test func answersOfOthersFitTheDescription() throws {
        let schema = try #require(SpecSchema("derived/gemini.GenerateContentResponse.schema.json"))
        var seen = 0
        for (provider, api, source) in [
            ("openai", "chat/completions", ConversationDialect.openAIChat),
            ("anthropic", "messages", .anthropicMessages),
        ] {
            for (name, folder) in Recordings.exchanges(provider, api) {
                if let body = Recordings.file("response.json", in: folder),
                    let answer = try? AnswerTranslator.translate(body, from: source, to: .gemini, .sample())
                {
                    let problems = schema.problems(try #require(parsed(answer.body)))
                    #expect(problems.isEmpty, "\(name): \(problems)")
                    seen += 1
                }
                guard let stream = Recordings.file("response.sse", in: folder) else { continue }
                for chunk in Said.events(translateStream(stream.array, from: source, to: .gemini).text)
                where chunk["error"] == nil {
                    #expect(schema.problems(chunk).isEmpty, "\(name): \(schema.problems(chunk))")
                }
                seen += 1
            }
        }
        #expect(seen >= 20)
    }
}
