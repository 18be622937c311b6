import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// The fields read from a chat request, and which bodies are refused.
@Suite struct ChatRequestScannerTests {
    static func scan(_ body: String, _ size: Int = 0) throws(WireError) -> ChatRequestScan {
        try scan(Array(body.utf8), size)
    }

    static func scan(_ body: [UInt8], _ size: Int = 0) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner()
        for chunk in chunks(body, size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    static func error(_ body: String, _ size: Int = 0) -> WireError? {
        do throws(WireError) {
            _ = try scan(body, size)
            return nil
        } catch {
            return error
        }
    }

    private static let full = #"""
        {"x":[{"model":"inner","stream":true}], "mod\u0065l" : "gpt-4o\u002dmini","stream":true,"n":2,
         "stream_options":{"include_obfuscation":false,"include_usage":true},"max_tokens":100,
         "max_completion_tokens":200,"user":"Zo\u00eb","service_tier":"flex","big":123456789012345678901234567890,
         "x":1,"x":2,"messages":[{"role":"user","content":"Hi"}],"tools":null}
        """#

    @Test func readsEveryFieldAtEverySplit() throws {
        let whole = try Self.scan(Self.full)
        #expect(whole.model?.value == "gpt-4o-mini")
        let range = try #require(whole.model?.range)
        #expect(String(decoding: Array(Self.full.utf8)[range], as: UTF8.self) == #""gpt-4o\u002dmini""#)
        #expect(whole.stream)
        #expect(whole.includesUsage)
        #expect(whole.choices == 2)
        #expect(whole.maxTokens == 100)
        #expect(whole.maxCompletionTokens == 200)
        #expect(whole.outputTokenLimit == 200)
        #expect(whole.user == "Zoë")
        #expect(whole.serviceTier == "flex")
        #expect(whole.objectStart == 0)
        #expect(whole.bodyBytes == Self.full.utf8.count)
        let options = try #require(whole.streamOptions)
        let text = String(decoding: Array(Self.full.utf8)[options.range], as: UTF8.self)
        #expect(text == #"{"include_obfuscation":false,"include_usage":true}"#)
        for size in 1...Self.full.utf8.count {
            #expect(try Self.scan(Self.full, size) == whole, "chunks of \(size)")
        }
        for split in 0...Self.full.utf8.count {
            var scanner = ChatRequestScanner()
            let bytes = Array(Self.full.utf8)
            try scanner.scan(ByteBuffer(bytes: bytes[..<split]))
            try scanner.scan(ByteBuffer(bytes: bytes[split...]))
            #expect(try scanner.finish() == whole, "split at \(split)")
        }
    }

    @Test func absentAndNullFieldsHaveDefaults() throws {
        let nulls =
            #"{"model":"m","stream":null,"stream_options":null,"max_tokens":null,"n":null,"user":null,"#
            + #""max_completion_tokens":null,"service_tier":null,"messages":null}"#
        for body in [#"{"model":"m"}"#, nulls] {
            let scan = try Self.scan(body)
            #expect(!scan.stream && !scan.includesUsage && scan.choices == 1)
            #expect(scan.outputTokenLimit == nil && scan.user == nil && scan.serviceTier == nil)
        }
        #expect(try Self.scan(nulls).streamOptions?.isNull == true)
        #expect(try Self.scan(#"{"model":"m"}"#).streamOptions == nil)
    }

    @Test(arguments: [
        (#"{"model":"a","model":"b"}"#, "model"), (#"{"model":"a","mod\u0065l":"b"}"#, "model"),
        (#"{"model":"a","Model":"b"}"#, "model"), (#"{"MODEL":"a","model":"b"}"#, "model"),
        (#"{"model":"a","model":null}"#, "model"), (#"{"stream":true,"model":"a","stream":false}"#, "stream"),
        (#"{"model":"a","n":1,"n":1}"#, "n"), (#"{"model":"a","user":"x","\u0075ser":"y"}"#, "user"),
        (#"{"model":"a","max_tokens":1,"max_tokens":1}"#, "max_tokens"),
        (#"{"model":"a","max_completion_tokens":1,"max_completion_tokens":1}"#, "max_completion_tokens"),
        (#"{"model":"a","service_tier":"x","service_tier":"x"}"#, "service_tier"),
        (#"{"model":"a","messages":[],"messages":[]}"#, "messages"),
        (#"{"model":"a","stream_options":{},"stream_options":{}}"#, "stream_options"),
        (
            #"{"model":"a","stream_options":{"include_usage":true,"include_usage":true}}"#,
            "stream_options.include_usage"
        ),
        (#"{"model":"a","stream_options":{"include_usage":true,"Include_usage":0}}"#, "stream_options.include_usage"),
    ]) func refusesRepeatedField(_ body: String, _ field: String) {
        for size in 0...body.utf8.count {
            let error = Self.error(body, size)
            #expect(error?.code == .duplicateField && error?.field == field, "chunks of \(size)")
        }
    }

    @Test(arguments: [
        #"{"model":"a","x":1,"x":1}"#, #"{"x":{"model":"b","model":"c"},"model":"a"}"#,
        #"{"model":"a","models":"b","mode":"c"}"#, #"{"model":"a","Stream":1}"#,
        #"{"model":"a","metadata":{"stream":1,"stream":2,"include_usage":1,"include_usage":2}}"#,
        #"{"model":"a","stream_options":{"x":{"include_usage":1,"include_usage":2}}}"#,
        #"{"model":"a","messages":[{"model":"b","model":"c","n":"x"}]}"#,
    ]) func passesWhatItDoesNotRead(_ body: String) throws {
        #expect(try Self.scan(body).model?.value == "a")
    }

    /// Field, its JSON value.
    @Test(arguments: [
        ("model", "1"), ("model", "true"), ("model", "{}"), ("model", "[\"a\"]"), ("model", "\"\""),
        ("model", "\"a\\n\""), ("model", "\"a\\u007f\""), ("stream", "1"), ("stream", "\"true\""), ("stream", "{}"),
        ("stream_options", "true"), ("stream_options", "[]"), ("stream_options", "\"x\""), ("stream_options", "1"),
        ("max_tokens", "1.5"), ("max_tokens", "1.0"), ("max_tokens", "1e3"), ("max_tokens", "-1"),
        ("max_tokens", "-0"), ("max_tokens", "100000001"), ("max_tokens", "99999999999999999999999999999"),
        ("max_tokens", "\"5\""), ("max_tokens", "true"), ("max_tokens", "[5]"), ("max_tokens", "{}"),
        ("max_completion_tokens", "-5"), ("max_completion_tokens", "0.1"), ("n", "1.5"), ("n", "-1"), ("n", "129"),
        ("n", "\"1\""), ("user", "1"), ("user", "{}"), ("user", "false"), ("service_tier", "1"),
        ("messages", "{}"), ("messages", "\"x\""), ("messages", "1"), ("messages", "true"),
    ]) func refusesUnusableValueNamingTheField(_ field: String, _ value: String) {
        let model = field == "model" ? "" : #""model":"m","#
        let body = "{\(model)\"\(field)\":\(value)}"
        let offset = body.utf8.count - 1 - value.utf8.count
        for size in 0...body.utf8.count {
            #expect(Self.error(body, size) == WireError(.invalidField, at: offset, field: field), "chunks of \(size)")
        }
    }

    @Test(arguments: ["1", "\"true\"", "[]", "{}"]) func refusesUnusableIncludeUsage(_ value: String) {
        let error = Self.error("{\"model\":\"m\",\"stream_options\":{\"include_usage\":\(value)}}")
        #expect(error?.code == .invalidField)
        #expect(error?.field == "stream_options.include_usage")
    }

    @Test func refusesOtherSpellingsOfWhatAPatchMayAdd() {
        #expect(Self.error(#"{"model":"m","Stream_options":{}}"#)?.field == "stream_options")
        let usage = Self.error(#"{"model":"m","stream_options":{"Include_usage":false}}"#)
        #expect(usage?.code == .invalidField)
        #expect(usage?.field == "stream_options.include_usage")
    }

    @Test func takesTheLimitsThemselves() throws {
        let body = #"{"model":"m","n":128,"max_tokens":100000000,"max_completion_tokens":0}"#
        let scan = try Self.scan(body)
        #expect(scan.choices == 128 && scan.maxTokens == 100_000_000 && scan.maxCompletionTokens == 0)
    }

    @Test func limitsTheTextItKeeps() throws {
        for (field, limit) in [("model", 256), ("user", 1_024), ("service_tier", 64)] {
            let model = field == "model" ? "" : #""model":"m","#
            let fits = "{\(model)\"\(field)\":\"\(String(repeating: "é", count: limit / 2))\"}"
            #expect(throws: Never.self) { try Self.scan(fits) }
            let tooLong = "{\(model)\"\(field)\":\"\(String(repeating: "a", count: limit + 1))\"}"
            #expect(Self.error(tooLong)?.field == field)
            #expect(Self.error(tooLong)?.code == .invalidField)
        }
    }

    @Test(arguments: ["{}", #"{"model":null}"#, #"{"messages":[]}"#, #"{"Model":"a"}"#, #"{"x":{"model":"a"}}"#])
    func missesTheModel(_ body: String) {
        #expect(Self.error(body) == WireError(.missingField, at: body.utf8.count, field: "model"))
    }

    @Test(arguments: ["[]", "1", "\"x\"", "null", "true", " [{\"model\":\"a\"}]"])
    func refusesWhatIsNoObject(_ body: String) {
        #expect(Self.error(body)?.code == .notAnObject)
    }

    @Test func tellsTheFaultAtTheLowerOffset() {
        #expect(Self.error(#"{"n":-1,"model":1}"#)?.field == "n")
        #expect(Self.error(#"{"model":"a","model":"b"]"#)?.code == .duplicateField)
        #expect(Self.error(#"{"model":"a"],"model":"b"}"#)?.code == .jsonSyntax)
        #expect(Self.error(#"{"n":1"#)?.code == .truncatedJSON)
    }

    @Test func messagesNeverQuoteTheBody() {
        let secret = "s3cr3t"
        let bodies = [
            #"{"model":"a","user":["\#(secret)"]}"#, #"{"\#(secret)":1 2}"#, #"{"model":"\#(secret)\n"}"#,
            #"{"model":"a","\#(secret)"#,
        ]
        for body in bodies {
            let error = Self.error(body)
            #expect(error != nil)
            #expect(error?.description.contains(secret) == false)
        }
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func everyRequestRecordedIsRead() throws {
        var read = 0
        for (name, bytes) in Recordings.files("request.json") {
            let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            guard let model = object?["model"] as? String else { continue }
            let scan = try Self.scan(bytes)
            #expect(scan.model?.value == model, "\(name)")
            #expect(scan.stream == (object?["stream"] as? Bool ?? false), "\(name)")
            #expect(scan.maxTokens == object?["max_tokens"] as? Int, "\(name)")
            #expect(scan.choices == object?["n"] as? Int ?? 1, "\(name)")
            #expect(scan.prompt.messages == (object?["messages"] as? [Any])?.count ?? 0, "\(name)")
            for size in [1, 2, 3, 7, 64] { #expect(try Self.scan(bytes, size) == scan, "\(name)") }
            read += 1
        }
        #expect(read > 40)
    }
}
