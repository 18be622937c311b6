import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Events of a Gemini stream that are too large to be held, read while they come.
struct GeminiLargeEventTests {
    private static func chunk(_ size: Int, _ more: String) -> String {
        #"{"candidates":[{"content":{"parts":[{"text":"h\u00e9"},{"inlineData":{"data":""#
            + String(repeating: "A", count: size) + #"","mimeType":"image/png"}}]},"index":0\#(more)}],"#
            + #""usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":1290,"totalTokenCount":1300},"#
            + #""modelVersion":"m","responseId":"r"}"#
    }

    /// What a reader knows of a stream that comes in reads of such sizes, and the bytes that were handed out.
    private static func read(
        _ stream: [UInt8], limit: Int, sizes: () -> Int
    ) throws -> (reader: GeminiStreamReader, bytes: [UInt8], kinds: [AnswerEvent]) {
        var reader = GeminiStreamReader()
        var splitter = SSESplitter(eventLimit: limit, partsLargeEvents: true)
        var bytes: [UInt8] = []
        var kinds: [AnswerEvent] = []
        var position = 0
        while position < stream.count {
            let end = min(stream.count, position + sizes())
            splitter.append(ByteBuffer(bytes: stream[position..<end]))
            position = end
            while true {
                if splitter.isInLargeEvent {
                    guard let part = splitter.nextPart() else { break }
                    bytes += part.bytes.array
                    if let kind = reader.read(part) { kinds.append(kind) }
                    #expect(splitter.isInLargeEvent == !part.isLast)
                } else if let event = try splitter.next() {
                    splitter.withhold()
                    bytes += event.raw.array
                    kinds.append(reader.read(event))
                } else if !splitter.isInLargeEvent {
                    break
                }
            }
            while splitter.takeRun() != nil {}
        }
        return (reader, bytes, kinds)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func readsTheSameWhereverItIsCut(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for line in ["\n", "\r\n", "\r"] {
            let end = line + line
            let padding = String(repeating: "y", count: 900)
            let stream =
                ": hi\(end)data: \(Self.chunk(10, ""))\(end)data:\(Self.chunk(5_000, #","finishReason":"STOP""#))\(end)"
                + "event: x\(line)data: {\(line)data: \"usageMetadata\":{\"promptTokenCount\":11,"
                + "\"candidatesTokenCount\":1291}\(line)data: , \"x\":\"\(padding)\"}\(end)"
            let bytes = Array(stream.utf8)
            let whole = try Self.read(bytes, limit: 1 << 20) { bytes.count }
            let parts = try Self.read(bytes, limit: 800) { Int.random(in: 1...700, using: &random) }
            #expect(parts.bytes == bytes && whole.bytes == bytes, "seed \(seed)")
            #expect(parts.kinds.filter { $0 != .comment } == whole.kinds.filter { $0 != .comment }, "seed \(seed)")
            #expect(parts.reader.usageReport() == whole.reader.usageReport(), "seed \(seed)")
            #expect(parts.reader.usageReport().usage?.outputTokens == 1_291 && parts.reader.sawFinishReason)
            #expect(parts.reader.model == "m" && parts.reader.responseID == "r" && parts.reader.malformedEvents == 0)
            #expect(parts.reader.estimatedOutputTokens == whole.reader.estimatedOutputTokens)
        }
    }

    @Test func aLargeEventThatBreaksOffTellsNothing() throws {
        let bytes = Array(("data: " + Self.chunk(9_000, #","finishReason":"STOP""#)).utf8)
        var cut = try Self.read(Array(bytes.prefix(5_000)), limit: 1_000) { 77 }.reader
        #expect(cut.endPart() == nil && !cut.sawFinishReason && cut.usageReport().usage == nil)
        var whole = try Self.read(bytes, limit: 1_000) { 77 }.reader
        #expect(whole.endPart() == .content && whole.sawFinishReason)
        #expect(whole.usageReport().usage?.outputTokens == 1_290)
    }

    @Test func whatIsNoJSONIsCounted() throws {
        let bytes = Array(("data: {" + String(repeating: "x", count: 3_000) + "}\n\n").utf8)
        let read = try Self.read(bytes, limit: 500) { 99 }
        #expect(read.reader.malformedEvents == 1 && read.kinds == [.other] && read.bytes == bytes)
    }
}
