import Foundation
import NIOCore
import Testing
import TollbookWire

/// What is read from a plain answer.
@Suite struct ChatResponseReaderTests {
    private static func read(_ body: [UInt8], _ size: Int = 0) -> ChatResponseReader {
        var reader = ChatResponseReader()
        for chunk in chunks(body, size) { reader.read(chunk) }
        reader.finish()
        return reader
    }

    private static func read(_ body: String, _ size: Int = 0) -> ChatResponseReader {
        read(Array(body.utf8), size)
    }

    private static let answer = #"""
        {"id":"chatcmpl-1","x_groq":{"usage":{"a":1},"id":"no","model":"no","error":{}},"model":"gpt-4o\u002d1",
         "choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9llo \"usage\":{","refusal":null,
         "tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"stop"}],
         "usage": {"prompt_tokens":1, "x":{"y":[{}]}} ,"error":null}
        """#

    @Test func readsAnswerAtEverySplit() {
        for size in 0...Self.answer.utf8.count {
            let reader = Self.read(Self.answer, size)
            #expect(reader.usage?.text == #"{"prompt_tokens":1, "x":{"y":[{}]}}"#, "chunks of \(size)")
            #expect(reader.model == "gpt-4o-1")
            #expect(reader.responseID == "chatcmpl-1")
            #expect(!reader.hasError && reader.isWellFormed && reader.sawFinishReason)
            #expect(reader.outputBytes == "héllo \"usage\":{".utf8.count + 3)
            #expect(reader.estimatedOutputTokens == 5)
        }
    }

    @Test(arguments: [
        (#"{"error":{"message":"x"}}"#, true), (#"{"error":"Unauthorized"}"#, true), (#"{"error":5}"#, true),
        (#"{"error":null}"#, false), (#"{"x":{"error":{}}}"#, false), (#"[{"error":{}}]"#, false), ("{}", false),
    ]) func seesTopLevelErrorOnly(_ body: String, _ hasError: Bool) {
        #expect(Self.read(body).hasError == hasError)
    }

    @Test(arguments: ["", "{", "<html>", #"{"usage":{"prompt_tokens":1}"#, "{} x"]) func tellsMalformedAnswers(
        _ body: String
    ) {
        for size in 0...body.utf8.count { #expect(!Self.read(body, size).isWellFormed) }
    }

    @Test func keepsWhatStoodBeforeTheFault() {
        let reader = Self.read(#"{"usage":{"prompt_tokens":1},"model":"m","choices":[}"#)
        #expect(reader.usage?.text == #"{"prompt_tokens":1}"#)
        #expect(reader.model == "m" && !reader.isWellFormed)
    }

    @Test(arguments: [#"{"usage":null}"#, #"{"usage":[]}"#, #"{"usage":1}"#, #"{"usage":{"a":1"#, "{}"])
    func hasNoUsageWhereNoneIsWhole(_ body: String) {
        for size in 0...body.utf8.count { #expect(Self.read(body, size).usage == nil) }
    }

    @Test func takesTheLastOfTwoUsageObjects() {
        for size in 0...40 {
            #expect(Self.read(#"{"usage":{"a":1},"usage":{"b":22}}"#, size).usage?.text == #"{"b":22}"#)
        }
    }

    @Test func limitsTheUsageItKeeps() {
        let fits = "{\"x\":\"" + String(repeating: "a", count: WireLimits.usageBytes - 8) + "\"}"
        #expect(fits.utf8.count == WireLimits.usageBytes)
        for size in [0, 1, 1_000] {
            #expect(Self.read("{\"usage\":\(fits)}", size).usage?.readableBytes == WireLimits.usageBytes)
            let larger = fits.replacing("{\"x\"", with: "{\"xx\"")
            #expect(Self.read("{\"usage\":\(larger)}", size).usage == nil)
        }
    }

    @Test func cutsLongIdentityAtACharacter() {
        let reader = Self.read("{\"model\":\"\(String(repeating: "漢", count: 100))\"}")
        #expect(reader.model == String(repeating: "漢", count: 85))
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedAnswersReadAsAFullDecodeDoes() throws {
        let answers = Recordings.files("response.json")
        #expect(answers.count >= 30)
        for (name, bytes) in answers {
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
            let choices = object["choices"] as? [[String: Any]] ?? []
            for size in [0, 1, 2, 3, 7, 64] {
                let reader = Self.read(bytes, size)
                #expect(reader.isWellFormed, "\(name)")
                #expect(reader.model == object["model"] as? String, "\(name)")
                #expect(reader.responseID == object["id"] as? String, "\(name)")
                #expect(reader.hasError == (object["error"].map { !($0 is NSNull) } ?? false), "\(name)")
                let usage = reader.usage.flatMap { try? JSONSerialization.jsonObject(with: Data($0.array)) }
                #expect(usage as? NSDictionary == object["usage"] as? NSDictionary, "\(name)")
                let written = choices.reduce(0) { $0 + ChatStreamReaderTests.textBytes($1["message"]) }
                #expect(reader.outputBytes == written, "\(name)")
            }
        }
    }
}
