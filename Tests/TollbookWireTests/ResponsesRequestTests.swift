import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of a request for an OpenAI response.
@Suite struct ResponsesRequestTests {
    private static func scan(_ body: String, _ size: Int = 0) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: .responses)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    @Test func readsItsFieldsAtEveryCut() throws {
        let body = """
            {"max_output_tokens":77,"stream":true,"model":"m","input":"hi","n":5,"user":"customer-7","max_tokens":9,
            "stream_options":{"include_obfuscation":true},"messages":{"x":1},"service_tier":"auto","background":false,
            "conversation":"conv_1","max_completion_tokens":"x"}
            """
        for size in 0...60 {
            let scan = try Self.scan(body, size)
            #expect(scan.model?.value == "m" && scan.stream && scan.outputTokenLimit == 77)
            #expect(scan.user == "customer-7" && scan.serviceTier == "auto" && !scan.isBackground)
            // The chat's fields mean nothing here.
            #expect(scan.choices == 1 && scan.streamOptions == nil && !scan.includesUsage)
            #expect(ChatRequestPatch(scan, model: "other").edits.count == 1)
        }
    }

    @Test(arguments: [
        (#"{"model":"m","background":true}"#, true), (#"{"background":true,"model":"m"}"#, true),
        (#"{"model":"m","background":null}"#, false), (#"{"model":"m","Background":true}"#, false),
        (#"{"model":"m","metadata":{"background":true}}"#, false),
    ]) func knowsWhatIsMadeInTheBackground(_ body: String, _ expected: Bool) throws {
        #expect(try Self.scan(body).isBackground == expected)
    }

    @Test func onlyResponsesHaveABackground() throws {
        var scanner = ChatRequestScanner(form: .chat)
        try scanner.scan(ByteBuffer(string: #"{"model":"m","background":true,"input":7,"max_output_tokens":"x"}"#))
        #expect(try !scanner.finish().isBackground)
    }

    @Test(arguments: [
        (#"{"input":"x"}"#, TollbookError.Code.missingField, "model"),
        (#"{"model":"m","input":7}"#, .invalidField, "input"),
        (#"{"model":"m","input":true}"#, .invalidField, "input"),
        (#"{"model":"m","input":{"role":"user"}}"#, .invalidField, "input"),
        (#"{"model":"m","input":"a","INPUT":"b"}"#, .duplicateField, "input"),
        (#"{"model":"m","input":"a","\u0069nput":["b"]}"#, .duplicateField, "input"),
        (#"{"model":"m","max_output_tokens":-1}"#, .invalidField, "max_output_tokens"),
        (#"{"model":"m","max_output_tokens":1,"max_output_tokens":2}"#, .duplicateField, "max_output_tokens"),
        (#"{"model":"m","background":"yes"}"#, .invalidField, "background"),
        (#"{"model":"m","background":true,"background":false}"#, .duplicateField, "background"),
        (#"{"model":"m","stream":1}"#, .invalidField, "stream"),
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

    @Test(arguments: [#""hello""#, #"["hello"]"#, #"[{"role":"user","content":"hello"}]"#, "null", "[]"])
    func takesInputInEveryForm(_ input: String) throws {
        let size = try Self.scan(#"{"model":"m","input":\#(input)}"#).prompt
        #expect(size.textBytes >= (input.contains("hello") ? 5 : 0) && size.textBytes < 40)
    }

    @Test func countsItemsAndTheirText() throws {
        let text = String(repeating: "w", count: 300)
        let string = try Self.scan(#"{"model":"m","input":"\#(text)"}"#).prompt
        #expect((300..<310).contains(string.textBytes) && string.messages == 0)
        let items = try Self.scan(
            #"{"input":[{"role":"user","content":"\#(text)"},{"type":"function_call_output","output":"\#(text)"}],"#
                + #""model":"m","instructions":"\#(text)","tools":[{"description":"\#(text)"}]}"#
        ).prompt
        #expect((1_200..<1_300).contains(items.textBytes) && items.messages == 2)
    }

    @Test(arguments: [
        #"{"type":"input_image","image_url":"https://x.example/a.png"}"#,
        #"{"type":"input_image","image_url":"data:image/png;base64,QUJD"}"#,
        #"{"type":"input_file","file_id":"file_1"}"#, #"{"type":"input_file","file_url":"https://x.example/a.pdf"}"#,
        #"{"type":"input_file","file_data":"data:application/pdf;base64,QUJD"}"#,
    ]) func countsAttachments(_ part: String) throws {
        let size = try Self.scan(#"{"model":"m","input":[{"role":"user","content":[\#(part)]}]}"#).prompt
        #expect(size.attachments == 1 && size.textBytes < 40)
    }
}
