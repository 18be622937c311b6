import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// The files of batches: their lines at any split, and what changes in them on their way to a provider.
@Suite struct BatchLineTests {
    private static func lines(
        _ text: String, pieces: Int, limit: Int = WireLimits.batchLineBytes
    ) throws(WireError) -> [String] {
        var splitter = JSONLineSplitter(lineLimit: limit)
        var found: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            splitter.append(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + pieces)]))
            while let line = try splitter.next() {
                found.append("\(line.number)@\(line.offset):" + String(buffer: line.bytes))
            }
        }
        if let line = try splitter.finish() {
            found.append("\(line.number)@\(line.offset):" + String(buffer: line.bytes))
        }
        return found
    }

    @Test(arguments: [
        ("", []), ("\n", []), ("a", ["1@0:a"]), ("a\n", ["1@0:a"]), ("a\r\nb", ["1@0:a", "2@3:b"]),
        ("a\n\n \t\nb\n", ["1@0:a", "4@6:b"]), ("a\rb\nc\r", ["1@0:a\rb", "2@4:c"]), ("\r\n\r\nx\r\n", ["3@4:x"]),
    ])
    func findsTheSameLinesAtAnySplit(text: String, wanted: [String]) throws {
        for size in 1...max(1, text.utf8.count) { #expect(try Self.lines(text, pieces: size) == wanted, "\(size)") }
    }

    @Test func refusesALineThatIsTooLarge() throws {
        let text = "short\n" + String(repeating: "x", count: 40) + "\nmore\n"
        for size in [1, 7, 46, 100] {
            #expect(throws: WireError(.lineTooLarge, at: 6)) { try Self.lines(text, pieces: size, limit: 32) }
        }
        #expect(try Self.lines(text, pieces: 9, limit: 40).count == 3)
    }

    @Test func aLineThatNeverEndsTakesNoMoreThanItsLimit() throws {
        var splitter = JSONLineSplitter(lineLimit: 100)
        splitter.append(ByteBuffer(string: String(repeating: "x", count: 101)))
        #expect(throws: WireError(.lineTooLarge, at: 0)) { try splitter.next() }
        #expect(splitter.lines == 1)
    }

    private static func renamed(_ line: String, to model: String) throws(WireError) -> String {
        let request = try BatchRequestLine(ByteBuffer(string: line))
        let scan = try request.scan(.chat, needsModel: true)
        var output = ByteBuffer()
        request.write(ChatRequestPatch(scan, model: model), to: &output)
        return String(buffer: output)
    }

    @Test(arguments: [
        (
            #"{"custom_id":"a","method":"POST","url":"/v1/x","body":{"model":"m","messages":[]}}"#,
            #"{"custom_id":"a","method":"POST","url":"/v1/x","body":{"model":"the \"other\"","messages":[]}}"#
        ),
        (
            #"  { "body" : {"x":1.0, "model" : "m" ,"é":"ü"},"url":"\/x","method":"POST","custom_id":"a"} "#,
            #"  { "body" : {"x":1.0, "model" : "the \"other\"" ,"é":"ü"},"url":"\/x","method":"POST","custom_id":"a"} "#
        ),
    ])
    func changesTheModelAndNothingElse(line: String, wanted: String) throws {
        #expect(try Self.renamed(line, to: #"the "other""#) == wanted + "\n")
        // The name that is asked for already stays as it stands.
        #expect(try Self.renamed(line, to: "m") == line + "\n")
    }

    @Test func readsTheAddress() throws {
        let line = #"{"custom_id":"\u00e9","method":"POST","url":"\/v1\/embeddings","body":{}}"#
        let request = try BatchRequestLine(ByteBuffer(string: line))
        #expect(request.url == "/v1/embeddings" && String(buffer: request.customID) == #"\u00e9"#)
        #expect(String(buffer: request.bodyBytes) == "{}")
    }

    @Test(
        arguments: [
            (#"[]"#, "not_an_object", nil), (#"{"#, "truncated", nil), (#"{"a":1}}"#, "syntax", nil),
            (#"{"method":"POST","url":"/v1/x","body":{}}"#, "missing_field", "custom_id"),
            (#"{"custom_id":null,"method":"POST","url":"/v1/x","body":{}}"#, "missing_field", "custom_id"),
            (#"{"custom_id":7,"method":"POST","url":"/v1/x","body":{}}"#, "invalid_field", "custom_id"),
            (#"{"custom_id":"","method":"POST","url":"/v1/x","body":{}}"#, "invalid_field", "custom_id"),
            (#"{"custom_id":"a","method":"GET","url":"/v1/x","body":{}}"#, "invalid_field", "method"),
            (#"{"custom_id":"a","method":"POST","url":"/v1/x","body":[]}"#, "invalid_field", "body"),
            (#"{"custom_id":"a","method":"POST","url":"/v1/x","body":{},"b\u006fdy":{}}"#, "duplicate_field", "body"),
            (#"{"custom_id":"a","method":"POST","url":"/v1/x","Body":{}}"#, "invalid_field", "body"),
        ] as [(String, String, String?)])
    func refusesALine(line: String, code: String, field: String?) {
        do throws(WireError) {
            _ = try BatchRequestLine(ByteBuffer(string: line))
            Issue.record("it was read")
        } catch {
            #expect(error.code.rawValue == code && error.field == field)
        }
    }

    @Test func refusesWhatIsNoUTF8() {
        let bytes: [UInt8] = Array(#"{"custom_id":""#.utf8) + [0xFF] + Array(#"","method":"POST"}"#.utf8)
        #expect(throws: WireError(.invalidUTF8, at: 14)) { try BatchRequestLine(ByteBuffer(bytes: bytes)) }
    }

    @Test(
        arguments: [
            (#"{"response":{"status_code":200,"body":{"a":1}},"error":null}"#, true, #"{"a":1}"#),
            (#"{"response":{"status_code":500,"body":{}},"error":null}"#, false, "{}"),
            (#"{"response":null,"error":{"code":"batch_expired"}}"#, false, nil), (#"{}"#, false, nil),
        ] as [(String, Bool, String?)])
    func readsAResult(line: String, isAnswered: Bool, body: String?) throws {
        let result = try BatchResultLine(ByteBuffer(string: line))
        #expect(result.isAnswered == isAnswered && result.body.map { String(buffer: $0) } == body)
    }

    @Test func readsWhatAProviderTells() throws {
        let text =
            #"{"id":"batch_1","status":"completed","output_file_id":"file-2","error_file_id":null,"#
            + #""request_counts":{"total":3,"completed":2,"failed":1}}"#
        let object = try #require(StoredObjectText(ByteBuffer(string: text)))
        #expect(object.id == "batch_1" && object.status == "completed" && object.json == text)
        #expect(object.outputFileID == "file-2" && object.errorFileID == nil)
        #expect(object.completedCount == 2 && object.failedCount == 1)
        for other in ["[]", "{}", #"{"id":7}"#, #"{"id":"x""#] {
            #expect(StoredObjectText(ByteBuffer(string: other)) == nil)
        }
    }

    @Test func readsWhatABatchIsMadeOf() throws {
        let body = #"{"input_file_id":"file-1","endpoint":"/v1/embeddings","completion_window":"24h"}"#
        let creation = try BatchCreation(ByteBuffer(string: body))
        #expect(creation.fileID == "file-1" && creation.endpoint == "/v1/embeddings")
        for (wrong, code) in [
            (#"{"endpoint":"x"}"#, "missing_field"), (#"{"input_file_id":"x"}"#, "missing_field"),
            (#"{"input_file_id":"x","input_file_id":"y","endpoint":"z"}"#, "duplicate_field"),
            (#"{"Input_file_id":"x","endpoint":"z"}"#, "invalid_field"), ("[]", "not_an_object"),
        ] {
            do throws(WireError) {
                _ = try BatchCreation(ByteBuffer(string: wrong))
                Issue.record("\(wrong) was read")
            } catch {
                #expect(error.code.rawValue == code, "\(wrong)")
            }
        }
    }

    private static func part(_ head: String, _ value: String) -> String {
        "--b\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(value)\r\n"
    }

    @Test func findsTheFileOfAForm() throws {
        let boundary = try #require(FormBoundary(contentType: "multipart/form-data; boundary=b"))
        let file = Self.part(#"name="file"; filename="a.jsonl""#, "{}\n\r\n--x")
        let purpose = Self.part(#"name="purpose""#, "batch")
        for body in [purpose + file + "--b--\r\n", file + purpose + "--b--\r\n"] {
            let form = try FileForm(ByteBuffer(string: body), boundary: boundary)
            #expect(form.purpose == "batch")
            #expect(Array(body.utf8)[form.file] == Array("{}\n\r\n--x".utf8)[...])
        }
        for (body, code) in [
            (purpose + "--b--\r\n", "missing_field"), (file + "--b--\r\n", "missing_field"),
            (file + file + purpose + "--b--\r\n", "duplicate_field"),
            (purpose + purpose + file + "--b--\r\n", "duplicate_field"),
            (Self.part(#"name="Purpose""#, "batch") + file + "--b--\r\n", "invalid_field"),
            (purpose + file, "malformed_form"),
        ] {
            do throws(WireError) {
                _ = try FileForm(ByteBuffer(string: body), boundary: boundary)
                Issue.record("\(body) was read")
            } catch {
                #expect(error.code.rawValue == code, "\(body)")
            }
        }
    }
}
