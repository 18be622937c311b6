import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of Converse's requests.
@Suite struct ConverseRequestTests {
    private static func scan(_ body: String, _ size: Int = 0) throws -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: .converse, needsModel: false)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    private static func message(_ content: String) -> String {
        #"{"messages":[{"role":"user","content":[\#(content)]}]}"#
    }

    @Test func readsTheLimitAndThePromptAtEverySplit() throws {
        let body = """
            {"system":[{"text":"Be kind."}],"messages":[{"role":"user","content":[{"text":"Hello"}]}],
            "inferenceConfig":{"temperature":0.5,"stopSequences":["x"],"maxTokens":250},
            "toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}}
            """
        let whole = try Self.scan(body)
        #expect(whole.outputTokenLimit == 250 && whole.prompt.messages == 1 && whole.model == nil)
        #expect(whole.prompt.textBytes > 100)
        for size in 1...body.utf8.count { #expect(try Self.scan(body, size) == whole) }
    }

    @Test func aCountHasItsPromptInAFrame() throws {
        let words = String(repeating: "word ", count: 100)
        let data = String(repeating: "A", count: 4_000)
        let body =
            #"{"input":{"converse":{"system":[{"text":"\#(words)"}],"messages":[{"role":"user","content":["#
            + #"{"text":"\#(words)"},{"image":{"format":"png","source":{"bytes":"\#(data)"}}}]}],"#
            + #""toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"\#(words)"}}]}}}}"#
        var scanner = ChatRequestScanner(form: .converseCount, needsModel: false)
        try scanner.scan(ByteBuffer(string: body))
        let scan = try scanner.finish()
        #expect((1_500..<1_800).contains(scan.prompt.textBytes))
        #expect(scan.prompt.attachments == 1 && scan.prompt.attachmentBytes == 4_000)
    }

    @Test func picturesAndFilesAreAttachments() throws {
        let data = String(repeating: "A", count: 4_000)
        let picture = try Self.scan(Self.message(#"{"image":{"format":"png","source":{"bytes":"\#(data)"}}}"#))
        #expect(picture.prompt.attachments == 1 && picture.prompt.attachmentBytes == 4_000)
        let stored = try Self.scan(Self.message(#"{"video":{"source":{"s3Location":{"uri":"s3://b/k"}}}}"#))
        #expect(stored.prompt.attachments == 1 && stored.prompt.attachmentBytes == 0)
        for head in ["JVBERi0x", "UEsDBBQA", "0M8R4KGx"] {
            let file = try Self.scan(
                Self.message(#"{"document":{"name":"d","format":"pdf","source":{"bytes":"\#(head + data)"}}}"#))
            #expect(file.prompt.attachments == 1 && file.prompt.textBytes < 100)
        }
    }

    @Test func aDocumentOfPlainTextIsCountedAsText() throws {
        let data = String(repeating: "QUJD", count: 1_000)
        let document = #"{"document":{"source":{"bytes":"\#(data)"},"name":"d","format":"txt"}}"#
        let scan = try Self.scan(Self.message(document))
        #expect(scan.prompt.attachments == 0 && (3_000..<3_050).contains(scan.prompt.textBytes))
        let text = try Self.scan(Self.message(#"{"document":{"name":"d","source":{"text":"\#(data)"}}}"#))
        #expect(text.prompt.attachments == 0 && text.prompt.textBytes >= 4_000)
    }

    @Test(arguments: [
        (#"{"inferenceConfig":{"maxTokens":1,"maxTokens":2}}"#, "inferenceConfig.maxTokens"),
        (#"{"inferenceConfig":{"maxTokens":1,"MaxTokens":2}}"#, "inferenceConfig.maxTokens"),
        (#"{"inferenceConfig":{},"inferenceConfig":{}}"#, "inferenceConfig"),
        (#"{"messages":[],"messages":[]}"#, "messages"),
    ]) func refusesWhatComesTwice(_ body: String, _ field: String) {
        #expect { try Self.scan(body) } throws: { error in
            (error as? WireError)?.code == .duplicateField && (error as? WireError)?.field == field
        }
    }

    @Test(arguments: [
        (#"{"inferenceConfig":{"maxTokens":-1}}"#, "inferenceConfig.maxTokens"),
        (#"{"inferenceConfig":{"maxTokens":1.5}}"#, "inferenceConfig.maxTokens"),
        (#"{"inferenceConfig":7}"#, "inferenceConfig"),
        (#"{"messages":"x"}"#, "messages"),
    ]) func refusesWhatCannotBeUsed(_ body: String, _ field: String) {
        #expect { try Self.scan(body) } throws: { error in
            (error as? WireError)?.code == .invalidField && (error as? WireError)?.field == field
        }
    }

    @Test func whatIsAbsentOrNullIsNoLimit() throws {
        for body in ["{}", #"{"inferenceConfig":null}"#, #"{"inferenceConfig":{"maxTokens":null}}"#] {
            #expect(try Self.scan(body).outputTokenLimit == nil)
        }
    }
}
