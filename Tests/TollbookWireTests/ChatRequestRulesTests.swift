import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is changed of a body for a provider that refuses some of OpenAI's fields, and that nothing else is.
@Suite struct ChatRequestRulesTests {
    private static let strict = RequestFieldRules(takesStreamOptions: false, takesMaxCompletionTokens: false)

    private static func adapted(
        _ body: String, chunkSize: Int = 0, model: String? = nil, rules: RequestFieldRules = strict
    ) throws -> String {
        let scan = try ChatRequestScannerTests.scan(body)
        var patch = ChatRequestPatch(scan, model: model)
        patch.adapt(scan, ByteBuffer(string: body), to: rules)
        let parts = patch.apply(to: chunks(Array(body.utf8), chunkSize))
        let text = parts.map(\.text).joined()
        #expect(text.utf8.count == patch.patchedLength(of: scan.bodyBytes))
        #expect(parts.allSatisfy { $0.readableBytes > 0 })
        return text
    }

    /// Body, and what goes up to a provider that takes neither field.
    @Test(arguments: [
        (#"{"model":"m","stream_options":{"include_usage":true}}"#, #"{"model":"m"}"#),
        (#"{"stream_options":{"include_usage":true},"model":"m"}"#, #"{"model":"m"}"#),
        (#"{"a":1, "stream_options" : {"x":{}} , "model":"m"}"#, #"{"a":1,  "model":"m"}"#),
        (#"{"model":"m" , "stream_options":null }"#, #"{"model":"m"  }"#),
        (#"{"model":"m","x":"\",","stream_options":{}}"#, #"{"model":"m","x":"\","}"#),
        (#"{"stream\u005foptions":{},"model":"m"}"#, #"{"model":"m"}"#),
        (#"{"model":"m","max_completion_tokens":5}"#, #"{"model":"m","max_tokens":5}"#),
        (#"{"max_completion\u005ftokens" : 5,"model":"m"}"#, #"{"max_tokens" : 5,"model":"m"}"#),
        (
            #"{"max_completion_tokens":5,"stream_options":{},"model":"m"}"#,
            #"{"max_tokens":5,"model":"m"}"#
        ),
        (
            #"{"max_completion_tokens":5,"max_tokens":6,"model":"m"}"#,
            #"{"max_completion_tokens":5,"max_tokens":6,"model":"m"}"#
        ),
        (#"{"model":"m","max_tokens":6,"n":1}"#, #"{"model":"m","max_tokens":6,"n":1}"#),
        (#"{"messages":[{"stream_options":{}}],"model":"m"}"#, #"{"messages":[{"stream_options":{}}],"model":"m"}"#),
    ]) func leavesOutWhatIsRefused(_ body: String, _ expected: String) throws {
        for size in 0...body.utf8.count { #expect(try Self.adapted(body, chunkSize: size) == expected) }
        #expect(try Self.adapted(body, rules: .standard) == body)
    }

    @Test func namesTheModelAsWell() throws {
        let body = #"{"stream_options":{"include_usage":true},"max_completion_tokens":5,"model":"m"}"#
        #expect(try Self.adapted(body, model: "new") == #"{"max_tokens":5,"model":"new"}"#)
    }

    @Test func namesAModelBeforeWhatItLeavesOut() throws {
        let body = #"{"stream_options":{},"messages":[]}"#
        var scanner = ChatRequestScanner(needsModel: false)
        try scanner.scan(ByteBuffer(string: body))
        let scan = try scanner.finish()
        var patch = ChatRequestPatch(scan, model: "n")
        patch.adapt(scan, ByteBuffer(string: body), to: Self.strict)
        #expect(patch.apply(to: [ByteBuffer(string: body)]).map(\.text).joined() == #"{"model":"n","messages":[]}"#)
    }

    /// Members in any order, with blanks in any place, against a decoder.
    @Test(arguments: [7, 8] as [UInt64]) func makesTheObjectThatIsMeant(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let members = [
            #""model":"m""#, #""stream_options":{"include_usage":true,"x":[1,{}]}"#, #""max_completion_tokens":7"#,
            #""a":"},\"stream_options\":""#, #""b":[{"stream_options":1}]"#, #""n":1"#,
        ]
        for round in 0..<2_000 {
            let blank = { (generator: inout SeededGenerator) in
                ["", " ", "\n\t", "\r "].randomElement(using: &generator) ?? ""
            }
            var text = ""
            for member in members.shuffled(using: &generator) {
                let parts = member.split(separator: ":", maxSplits: 1)
                text += (text.isEmpty ? "" : ",") + blank(&generator) + parts[0] + blank(&generator) + ":"
                text += blank(&generator) + parts[1] + blank(&generator)
            }
            let adapted = try Self.adapted("{\(text)}", chunkSize: Int.random(in: 0...20, using: &generator))
            let object = try JSONSerialization.jsonObject(with: Data(adapted.utf8)) as? [String: Any] ?? [:]
            #expect(object.keys.sorted() == ["a", "b", "max_tokens", "model", "n"], "seed \(seed) round \(round)")
            #expect(object["max_tokens"] as? Int == 7 && (object["b"] as? [Any])?.count == 1)
        }
    }
}
