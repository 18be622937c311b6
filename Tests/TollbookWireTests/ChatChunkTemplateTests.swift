import NIOCore
import Testing
import TollbookWire

/// Chunks known by the shape of the one before must read exactly as they would on their own.
@Suite struct ChatChunkTemplateTests {
    private struct Reading: Equatable {
        let kind: AnswerEvent
        let events: Int
        let bytes: Int
        let finished: Bool
        let error: Bool
        let malformed: Int
        let usage: ByteBuffer?
    }

    private static let identity = #"{"id":"a","model":"m"}"#

    /// Reads `chunk` after `before`; the first of them names model and id, so that templates are in use.
    private static func read(_ chunk: String, after before: [String]) throws -> Reading {
        var reader = ChatStreamReader()
        for data in [identity] + before { _ = reader.read(try event(data)) }
        let (events, bytes, malformed) = (reader.contentEvents, reader.outputBytes, reader.malformedEvents)
        let kind = reader.read(try event(chunk))
        return Reading(
            kind: kind, events: reader.contentEvents - events, bytes: reader.outputBytes - bytes,
            finished: reader.sawFinishReason, error: reader.sawError, malformed: reader.malformedEvents - malformed,
            usage: reader.usage)
    }

    private static func event(_ data: String) throws -> SSEEvent {
        var splitter = SSESplitter()
        splitter.append(ByteBuffer(string: "data: \(data)\n\n"))
        let event = try splitter.next()
        return try #require(event)
    }

    private static let chunks = [
        #"{"id":"a","choices":[{"index":0,"delta":{"content":"Hello"}}],"usage":null,"obfuscation":"x7Qa"}"#,
        #"{"id":"a","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}],"usage":null}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}],"model":"m"}"#,
        #"{"choices":[{"delta":{"content":""}}],"object":"chat.completion.chunk"}"#,
        #"{"choices":[{"delta":{"content":"a","reasoning_content":"b"}}]}"#,
        #"{"choices":[{"delta":{"role":"assistant"}}],"x":"y"}"#,
    ]

    @Test(arguments: [
        "", "x", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\ud83d\\ude00", "é漢😀", "\\x", "a\"b",
        "\",\"usage\":{\"a\":1},\"x\":\"",
        "\"}}],\"usage\":{\"prompt_tokens\":1},\"choices\":[{\"delta\":{\"content\":\"", "\u{1}",
    ]) func textOfAnyKindReadsAsOnItsOwn(_ text: String) throws {
        for before in Self.chunks {
            let chunk = before.replacing("Hello", with: text).replacing("x7Qa", with: text)
            #expect(try Self.read(chunk, after: [before]) == (try Self.read(chunk, after: [])))
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func mutatedChunksReadAsOnTheirOwn(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let parts = Array("\"\\{}[]:,xé1ntu ").map(String.init) + ["\"usage\":{}", ",\"error\":1", "null", "\\u00e9"]
        for round in 0..<8_000 {
            let before = Self.chunks[round % Self.chunks.count]
            var scalars = Array(before.unicodeScalars)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0..<scalars.count, using: &generator)
                if Bool.random(using: &generator) { scalars.remove(at: at) }
                if Bool.random(using: &generator) {
                    scalars.insert(contentsOf: (parts.randomElement(using: &generator) ?? "").unicodeScalars, at: at)
                }
            }
            let chunk = String(String.UnicodeScalarView(scalars))
            let found = try Self.read(chunk, after: [before])
            let expected = try Self.read(chunk, after: [])
            #expect(found == expected, "seed \(seed) round \(round): \(chunk)")
        }
    }

    @Test func bytesThatAreNotUTF8AreNoContent() throws {
        var reader = ChatStreamReader()
        for data in [Self.identity, Self.chunks[1]] { _ = reader.read(try Self.event(data)) }
        for bytes in [[0xC3], [0xED, 0xA0, 0x80], [0xFF]] as [[UInt8]] {
            var splitter = SSESplitter()
            var buffer = ByteBuffer(string: "data: " + Self.chunks[1].prefix(while: { $0 != "H" }))
            buffer.writeBytes(bytes)
            buffer.writeString(Self.chunks[1].drop(while: { $0 != "H" }) + "\n\n")
            splitter.append(buffer)
            let next = try splitter.next()
            #expect(reader.read(try #require(next)) == .other)
        }
        #expect(reader.malformedEvents == 3)
        #expect(reader.outputBytes == 5)
    }
}
