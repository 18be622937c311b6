import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of a request in Anthropic's form.
@Suite struct MessagesRequestTests {
    private static func scan(
        _ body: String, _ size: Int = 0, form: RequestForm = .messages
    ) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: form)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    @Test func readsItsFieldsAtEveryCut() throws {
        let body = """
            {"metadata":{"user_id":"customer-7","n":2},"max_tokens":77,"stream":true,"model":"m","system":"s",
            "messages":[{"role":"user","content":"hi"}],"n":5,"user":"no","stream_options":{"x":1},
            "service_tier":"auto"}
            """
        for size in 0...60 {
            let scan = try Self.scan(body, size)
            #expect(scan.model?.value == "m" && scan.stream && scan.outputTokenLimit == 77)
            #expect(scan.user == "customer-7" && scan.serviceTier == "auto")
            // OpenAI's fields mean nothing here.
            #expect(scan.choices == 1 && scan.streamOptions == nil && !scan.includesUsage)
            #expect(ChatRequestPatch(scan, model: "other").edits.count == 1)
        }
    }

    @Test(arguments: [
        (#"{"model":"m"}"#, TollbookError.Code.missingField, "max_tokens"),
        (#"{"model":"m","max_tokens":null}"#, .missingField, "max_tokens"),
        (#"{"max_tokens":1}"#, .missingField, "model"),
        (#"{"model":"m","max_tokens":1,"MAX_TOKENS":2}"#, .duplicateField, "max_tokens"),
        (#"{"model":"m","max_tokens":1,"metadata":{},"m\u0065tadata":{}}"#, .duplicateField, "metadata"),
        (
            #"{"model":"m","max_tokens":1,"metadata":{"user_id":"a","user_id":"b"}}"#, .duplicateField,
            "metadata.user_id"
        ),
        (#"{"model":"m","max_tokens":1,"metadata":{"user_id":7}}"#, .invalidField, "metadata.user_id"),
        (#"{"model":"m","max_tokens":1,"metadata":"x"}"#, .invalidField, "metadata"),
        (#"{"model":"m","max_tokens":-1}"#, .invalidField, "max_tokens"),
        (#"{"model":"m","max_tokens":1,"messages":{}}"#, .invalidField, "messages"),
    ]) func refuses(_ body: String, _ code: TollbookError.Code, _ field: String) {
        for size in [0, 1, 3] {
            #expect(throws: WireError.self) { try Self.scan(body, size) }
            do {
                _ = try Self.scan(body, size)
            } catch {
                #expect(error.code == code && error.field == field)
            }
        }
    }

    @Test func countingNeedsNoLimit() throws {
        #expect(try Self.scan(#"{"model":"m"}"#, form: .tokenCount).outputTokenLimit == nil)
    }

    @Test func aNullUserIsNone() throws {
        #expect(try Self.scan(#"{"model":"m","max_tokens":1,"metadata":{"user_id":null}}"#).user == nil)
    }

    private static func size(_ block: String) throws -> PromptSize {
        try scan(#"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[\#(block)]}]}"#).prompt
    }

    @Test func sourcesAreAttachmentsUnlessTheyAreText() throws {
        let base64 = String(repeating: "QUJD", count: 400)
        let prose = String(repeating: "word ", count: 400)
        let image = try Self.size(#"{"type":"image","source":{"type":"base64","data":"\#(base64)"}}"#)
        #expect(image.attachments == 1 && image.attachmentBytes == 1_600 && image.textBytes < 40)
        let linked = try Self.size(#"{"type":"image","source":{"type":"url","url":"https://x.example/a.png"}}"#)
        #expect(linked.attachments == 1 && linked.attachmentBytes == 0)
        let file = try Self.size(#"{"type":"document","source":{"type":"file","file_id":"file_1"}}"#)
        #expect(file.attachments == 1)
        let plain = try Self.size(#"{"type":"document","source":{"type":"text","data":"\#(prose)"}}"#)
        #expect(plain.attachments == 0 && plain.textBytes > 2_000)
        // A search result's source is a string, and a tool's argument of that name is text.
        let named = try Self.size(#"{"type":"search_result","source":"https://x.example","title":"t"}"#)
        #expect(named.attachments == 0 && named.textBytes > 17)
    }

    @Test func systemAndToolsCount() throws {
        let body = #"{"model":"m","max_tokens":1,"system":"\#(String(repeating: "s", count: 300))","messages":[]}"#
        #expect(try Self.scan(body).prompt.textBytes >= 300)
    }
}
