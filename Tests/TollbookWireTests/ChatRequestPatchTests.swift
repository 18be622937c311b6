import NIOCore
import Testing
import TollbookWire

/// What changes in a body on its way upstream, and that nothing else does.
@Suite struct ChatRequestPatchTests {
    private static func patched(
        _ body: String, chunkSize: Int = 0, model: String? = nil, includeUsage: Bool = false
    ) throws -> String {
        let scan = try ChatRequestScannerTests.scan(body)
        let patch = ChatRequestPatch(scan, model: model, includeUsage: includeUsage)
        let parts = patch.apply(to: chunks(Array(body.utf8), chunkSize))
        let text = parts.map(\.text).joined()
        #expect(text.utf8.count == patch.patchedLength(of: scan.bodyBytes))
        #expect(parts.allSatisfy { $0.readableBytes > 0 })
        return text
    }

    /// Body, the same with usage included and the model renamed to `new`.
    @Test(arguments: [
        (#"{"model":"m"}"#, #"{"stream_options":{"include_usage":true},"model":"new"}"#),
        (
            #" { "model" : "m" , "x":1e400 } "#,
            #" {"stream_options":{"include_usage":true}, "model" : "new" , "x":1e400 } "#
        ),
        (#"{"stream_options":{},"model":"m"}"#, #"{"stream_options":{"include_usage":true},"model":"new"}"#),
        (#"{"stream_options":{ },"model":"m"}"#, #"{"stream_options":{"include_usage":true },"model":"new"}"#),
        (#"{"stream_options":null,"model":"m"}"#, #"{"stream_options":{"include_usage":true},"model":"new"}"#),
        (
            #"{"model":"m","stream_options":{"x":[1]}}"#,
            #"{"model":"new","stream_options":{"include_usage":true,"x":[1]}}"#
        ),
        (
            #"{"model":"m","stream_options":{"include_usage":false,"x":1}}"#,
            #"{"model":"new","stream_options":{"include_usage":true,"x":1}}"#
        ),
        (
            #"{"model":"m","stream_options":{"x":1,"include_usage" : null}}"#,
            #"{"model":"new","stream_options":{"x":1,"include_usage" : true}}"#
        ),
        (
            #"{"model":"\u006d","stream_options":{"include_usage":true}}"#,
            #"{"model":"new","stream_options":{"include_usage":true}}"#
        ),
    ]) func changesOnlyWhatMust(_ body: String, _ expected: String) throws {
        for size in 0...body.utf8.count {
            #expect(try Self.patched(body, chunkSize: size, model: "new", includeUsage: true) == expected)
        }
        #expect(try Self.patched(body) == body)
    }

    @Test func patchedBodyScansAsAsked() throws {
        for options in ["", #","stream_options":null"#, #","stream_options":{"a":{}}"#] {
            let text = try Self.patched(#"{"model":"m"\#(options)}"#, model: "a\"\\\u{1}é", includeUsage: true)
                .replacing("\\u0001", with: "?")
            let again = try ChatRequestScannerTests.scan(text)
            #expect(again.includesUsage)
            #expect(again.model?.value == "a\"\\?é")
        }
    }

    @Test func sameModelIsLeftAsWritten() throws {
        let body = #"{"model":"\u006d"}"#
        #expect(try Self.patched(body, model: "m") == body)
        #expect(ChatRequestPatch(try ChatRequestScannerTests.scan(body), model: "m").edits.isEmpty)
    }

    @Test(arguments: [
        ("{}", #"{"model":"n"}"#),
        (#" { "input":"x"}"#, #" {"model":"n", "input":"x"}"#),
        (#"{"stream":true}"#, #"{"stream_options":{"include_usage":true},"model":"n","stream":true}"#),
        (#"{"model":"m"}"#, #"{"model":"n"}"#),
    ]) func namesAModelWhereTheBodyNeedNot(_ body: String, _ expected: String) throws {
        var scanner = ChatRequestScanner(needsModel: false)
        try scanner.scan(ByteBuffer(string: body))
        let scan = try scanner.finish()
        let patch = ChatRequestPatch(scan, model: "n", includeUsage: scan.stream)
        #expect(patch.apply(to: [ByteBuffer(string: body)]).map(\.text).joined() == expected)
    }

    @Test func refusesANullForAModelThatThePathNames() throws {
        var scanner = ChatRequestScanner(needsModel: false)
        try scanner.scan(ByteBuffer(string: #"{"model":null}"#))
        #expect { try scanner.finish() } throws: { ($0 as? WireError)?.code == .invalidField }
    }

    @Test func keepsBigBodyAsSlicesOfTheOriginal() throws {
        let content = String(repeating: "x", count: 1 << 20)
        let body = ByteBuffer(string: #"{"messages":[{"content":"\#(content)"}],"model":"m"}"#)
        var scanner = ChatRequestScanner()
        try scanner.scan(body)
        let patch = ChatRequestPatch(try scanner.finish(), model: "longer name", includeUsage: true)
        let parts = patch.apply(to: [body])
        #expect(parts.count == 5)
        let addresses = body.withUnsafeReadableBytes { whole in
            parts.filter { $0.readableBytes > 1_000 }.map { part in
                part.withUnsafeReadableBytes { whole.baseAddress!.distance(to: $0.baseAddress!) }
            }
        }
        #expect(addresses == [1], "the prompt's slice begins after the brace, in the same memory")
    }

    @Test func worksWithBuffersThatDoNotBeginAtZero() throws {
        let body = #"{"model":"m","messages":[]}"#
        var buffer = ByteBuffer(string: "junk" + body)
        buffer.moveReaderIndex(forwardBy: 4)
        var scanner = ChatRequestScanner()
        try scanner.scan(buffer)
        let patch = ChatRequestPatch(try scanner.finish(), model: "n")
        #expect(patch.apply(to: [buffer]).map(\.text).joined() == #"{"model":"n","messages":[]}"#)
    }
}
