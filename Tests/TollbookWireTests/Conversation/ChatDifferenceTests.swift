import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Chats that are written for a provider that differs from OpenAI.
@Suite struct ChatDifferenceTests {
    private static func translate(_ members: String, _ chat: Set<ChatDifference>) throws -> TranslatedRequest {
        var options = TranslationOptions.sample
        options.chat = chat
        return try RequestTranslator.translate(
            ByteBuffer(string: #"{"model":"m","max_tokens":9,\#(members)}"#), from: .anthropicMessages, to: .openAIChat,
            options)
    }

    private static let hello = #""messages":[{"role":"user","content":"hi"}]"#

    @Test(
        arguments: [
            (.noUser, #""metadata":{"user_id":"u"}"#, #""user":"u""#, "", ["metadata.user_id"]),
            (.noServiceTier, #""service_tier":"auto""#, #""service_tier":"auto""#, "", ["service_tier"]),
            (
                .effortNoneOrHigh, #""output_config":{"effort":"low"}"#, #""reasoning_effort":"low""#,
                #""reasoning_effort":"none""#, []
            ),
            (
                .effortNoneOrHigh, #""output_config":{"effort":"medium"}"#, #""reasoning_effort":"medium""#,
                #""reasoning_effort":"high""#, []
            ),
        ] as [(ChatDifference, String, String, String, [String])])
    func aFieldIsSentAsTheProviderTakesIt(
        _ difference: ChatDifference, _ member: String, _ plain: String, _ other: String, _ dropped: [String]
    ) throws {
        let rest = #"{"model":"served","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":9"#
        let usual = try Self.translate("\(Self.hello),\(member)", [])
        expectJSON(usual.body, "\(rest),\(plain)}")
        #expect(usual.notes.dropped.isEmpty)
        let request = try Self.translate("\(Self.hello),\(member)", [difference])
        expectJSON(request.body, other.isEmpty ? rest + "}" : "\(rest),\(other)}")
        #expect(request.notes.dropped.names == dropped)
    }

    @Test func aSeedHasItsOtherName() throws {
        var options = TranslationOptions.sample
        options.chat = [.randomSeed]
        for (seed, written, dropped) in [("7", true, []), ("-7", false, ["generationConfig.seed"])] {
            let body = #"{"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"seed":\#(seed)}}"#
            let request = try RequestTranslator.translate(
                ByteBuffer(string: body), from: .gemini, to: .openAIChat, options)
            #expect(request.body.text.contains(#""random_seed":7"#) == written)
            #expect(!request.body.text.contains(#""seed""#))
            #expect(request.notes.dropped.names == dropped)
        }
    }

    @Test func aCallAndItsResultGetTheSameNineLetters() throws {
        func ids(_ id: String) throws -> [String] {
            let request = try Self.translate(
                #"""
                "messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use",
                "id":"\#(id)","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result",
                "tool_use_id":"\#(id)","content":"r"}]}]
                """#, [.nineLetters])
            let view = try JSONView(request.body)
            let messages = Array(try #require(view.member("messages")).elements)
            let call = try #require(messages[1].member("tool_calls")?.elements.first { _ in true })
            return [call.member("id"), messages[2].member("tool_call_id")].compactMap { $0?.text?.string }
        }
        var seen: Set<String> = []
        for id in ["toolu_01A", "toolu_01B", "call_1", "call|1", "call:1", "", "a-b-c-d-e", "12345678"] {
            let found = try ids(id)
            #expect(found.count == 2 && found[0] == found[1] && found[0].utf8.count == 9)
            #expect(
                found[0].utf8.allSatisfy {
                    Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber
                })
            #expect(seen.insert(found[0]).inserted, "\(id)")
            #expect(try ids(id) == found)
        }
        #expect(try ids("abcDEF123") == ["abcDEF123", "abcDEF123"])
    }

    @Test func whatIsSaidAndShownHasTheProvidersForm() throws {
        let document =
            #"{"type":"document","title":"t","source":{"type":"base64","media_type":"application/pdf","data":"QQ=="}}"#
        let link = #"{"type":"document","source":{"type":"url","url":"https://a.example/b.pdf"}}"#
        let request = try Self.translate(
            #""tools":[{"name":"f","input_schema":{"type":"object"}}],"#
                + #""messages":[{"role":"user","content":[\#(document),\#(link)]}]"#,
            [.linkedDocuments, .parametersRequired])
        expectJSON(
            request.body,
            #"""
            {"model":"served","messages":[{"role":"user","content":[
            {"type":"document_url","document_url":"data:application/pdf;base64,QQ==","document_name":"t"},
            {"type":"document_url","document_url":"https://a.example/b.pdf"}]}],
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
            "max_completion_tokens":9}
            """#)
        var options = TranslationOptions.sample
        options.chat = [.noRefusal, .plainAudio, .parametersRequired]
        let spoken = try RequestTranslator.translate(
            ByteBuffer(
                string: #"""
                    {"model":"m","tools":[{"type":"function","name":"f"}],"input":[{"role":"user","content":[
                    {"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}}]},
                    {"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]}
                    """#), from: .openAIResponses, to: .openAIChat, options)
        expectJSON(
            spoken.body,
            #"""
            {"model":"served","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":"QQ=="}]},
            {"role":"assistant","content":[{"type":"text","text":"no"}]}],"tools":[{"type":"function","function":
            {"name":"f","parameters":{"type":"object","properties":{}}}}]}
            """#)
    }

    /// What only some take, Anthropic and Bedrock among them, is made of the id alone, and differs where ids do.
    @Test func idsFitAnthropicToo() throws {
        func id(_ id: String, _ target: ConversationDialect) throws -> String {
            let body = #"""
                {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"\#(id)",
                "type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"\#(id)","content":"r"}]}
                """#
            let text = try RequestTranslator.translate(
                ByteBuffer(string: body), from: .openAIChat, to: target, .sample
            ).body.text
            let call = target == .anthropicMessages ? #""id":""# : #""toolUseId":""#
            let found = try #require(text.components(separatedBy: call).dropFirst().first?.prefix { $0 != "\"" })
            #expect(text.components(separatedBy: "\"\(found)\"").count == 3)
            return String(found)
        }
        #expect(try id("call_a-1", .anthropicMessages) == "call_a-1")
        #expect(try id("functions.Bash:0", .bedrockConverse) == "functions.Bash:0")
        let mapped = try ["functions.Bash:0", "functions|Bash|0", "", String(repeating: "é", count: 99)].map {
            try id($0, .anthropicMessages)
        }
        #expect(Set(mapped).count == 4)
        #expect(mapped[0].hasPrefix("functions_Bash_0_"))
        #expect(
            mapped.allSatisfy {
                $0.utf8.allSatisfy {
                    "_-".utf8.contains($0) || Character(UnicodeScalar($0)).isLetter
                        || Character(UnicodeScalar($0)).isNumber
                }
            })
        #expect(try id(String(repeating: "x", count: 65), .bedrockConverse).utf8.count <= 64)
        #expect(try id("a|b", .bedrockConverse) != id("a/b", .bedrockConverse))
    }
}
