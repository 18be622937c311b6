import Foundation
import NIOCore
import Testing
import TollbookWire

/// Tool calls that a provider streams side by side, for callers whose dialects have one block open at a time.
struct StreamSequenceTests {
    private static let targets: [ConversationDialect] = [.anthropicMessages, .bedrockConverse, .openAIResponses]

    private static func chunk(_ delta: String, _ finish: String = "null") -> String {
        #"data: {"id":"chatcmpl-9","choices":[{"index":0,"delta":{\#(delta)},"finish_reason":\#(finish)}]}"# + "\n\n"
    }

    private static func call(_ pieces: String...) -> String {
        chunk(#""tool_calls":[\#(pieces.joined(separator: ","))]"#)
    }

    private static func begin(_ index: Int, _ id: String, _ arguments: String = "") -> String {
        #"{"index":\#(index),"id":"\#(id)","type":"function","#
            + #""function":{"name":"f\#(index)","arguments":"\#(arguments)"}}"#
    }

    private static func more(_ index: Int, _ arguments: String) -> String {
        #"{"index":\#(index),"function":{"arguments":"\#(arguments)"}}"#
    }

    private static let end = chunk("", #""tool_calls""#) + "data: [DONE]\n\n"

    private static let interleaved =
        chunk(#""content":"so""#)
        + call(begin(0, "a")) + call(begin(1, "b", #"{\"x\""#)) + call(more(0, #"{\u0022a}\\\": "#))
        + call(more(1, ":1}"), more(0, #"\"}\"}"#)) + call(begin(2, "c", "{}")) + end

    private static func outcome(_ stream: String, _ target: ConversationDialect, chunk size: Int = 0) -> StreamOutcome {
        translateStream(Array(stream.utf8), from: .openAIChat, to: target, chunk: size)
    }

    private static func said(_ outcome: StreamOutcome, _ target: ConversationDialect) -> [Said.Call] {
        switch target {
        case .anthropicMessages: Said.anthropic(outcome.text).calls
        case .bedrockConverse: Said.bedrock(outcome.bytes).calls
        default:
            Said.events(outcome.text).compactMap { $0["item"] as? [String: Any] }
                .filter { $0["status"] as? String == "completed" && $0["type"] as? String == "function_call" }
                .map {
                    .init(
                        id: $0["call_id"] as? String ?? "", name: $0["name"] as? String ?? "",
                        arguments: $0["arguments"] as? String ?? "")
                }
        }
    }

    @Test(arguments: targets)
    func noPieceComesForABlockThatHasEnded(_ target: ConversationDialect) {
        let whole = Self.outcome(Self.interleaved, target)
        #expect(whole.hasEnded && StreamOrder.problems(whole, in: target).isEmpty)
        #expect(
            Self.said(whole, target) == [
                .init(id: "a", name: "f0", arguments: #"{"a}\": "}"}"#),
                .init(id: "b", name: "f1", arguments: #"{"x":1}"#),
                .init(id: "c", name: "f2", arguments: "{}"),
            ])
        for size in [1, 3, 7, 64] {
            #expect(Self.outcome(Self.interleaved, target, chunk: size).bytes == whole.bytes, "chunks of \(size)")
        }
    }

    /// Pieces of up to four calls, texts and thoughts in any order that a provider may send.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func anyOrderIsToldInOrder(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<60 {
            let count = Int.random(in: 1...4, using: &random)
            var stream = ""
            var rest = (0..<count).map { Array(#"{"k\#($0)":["}",{"n":\#($0)}]}"#) }
            var begun = 0
            while begun < count || rest.contains(where: { !$0.isEmpty }) {
                if begun < count, begun == 0 || Bool.random(using: &random) {
                    stream += Self.call(Self.begin(begun, "id\(begun)"))
                    begun += 1
                    continue
                }
                let index = Int.random(in: 0..<begun, using: &random)
                let piece = String(rest[index].prefix(Int.random(in: 1...9, using: &random)))
                rest[index].removeFirst(piece.count)
                let escaped = piece.replacingOccurrences(of: "\"", with: "\\\"")
                if !piece.isEmpty { stream += Self.call(Self.more(index, escaped)) }
                if Int.random(in: 0..<5, using: &random) == 0 { stream += Self.chunk(#""content":"t""#) }
                if Int.random(in: 0..<9, using: &random) == 0 { stream += Self.chunk(#""reasoning_content":"h""#) }
            }
            for target in Self.targets {
                let outcome = Self.outcome(stream + Self.end, target, chunk: Int.random(in: 1...99, using: &random))
                let problems = StreamOrder.problems(outcome, in: target)
                #expect(outcome.hasEnded && problems.isEmpty, "seed \(seed), round \(round): \(problems)")
                let expected = (0..<count).map {
                    Said.Call(id: "id\($0)", name: "f\($0)", arguments: #"{"k\#($0)":["}",{"n":\#($0)}]}"#)
                }
                #expect(Self.said(outcome, target) == expected, "seed \(seed), round \(round), \(target)")
            }
        }
    }

    /// What the caller has after each event of calls that come one after the other: nothing waits.
    @Test func callsInOrderAreNotHeldBack() {
        let events = [
            Self.call(Self.begin(0, "a")), Self.call(Self.more(0, #"{\"a\":"#)), Self.call(Self.more(0, "1}")),
            Self.call(Self.begin(1, "b")), Self.call(Self.more(1, #"{\"b"#)),
        ]
        let expected = ["a", #"{\"a\":"#, "1}", "b", #"{\"b"#]
        for count in 1...events.count {
            let text = Self.outcome(events.prefix(count).joined(), .anthropicMessages).text
            #expect(text.contains(expected[count - 1] + "\""), "after \(count): \(text)")
        }
    }

    /// A call without arguments does not say that it is whole; the next ones wait for the end, and are not lost.
    @Test func aCallWithoutArgumentsHoldsTheNextBackToTheEnd() {
        let stream = Self.call(Self.begin(0, "a")) + Self.call(Self.begin(1, "b", "{}")) + Self.chunk(#""content":"x""#)
        let outcome = Self.outcome(stream + Self.end, .anthropicMessages)
        #expect(outcome.hasEnded && StreamOrder.problems(outcome, in: .anthropicMessages).isEmpty)
        #expect(Said.anthropic(outcome.text).calls.map(\.id) == ["a", "b"] && Said.anthropic(outcome.text).text == "x")
    }

    @Test func whatWaitsIsBounded() {
        let piece = String(repeating: "x", count: 64 << 10)
        let waiting = (0..<17).map { _ in Self.call(Self.more(1, piece)) }.joined()
        let start = Self.call(Self.begin(0, "a", "{")) + Self.call(Self.begin(1, "b", #"{\"k\":\""#)) + waiting
        let whole = Self.outcome(start + Self.call(Self.more(1, #"\"}"#)) + Self.end, .anthropicMessages)
        #expect(whole.hasEnded && StreamOrder.problems(whole, in: .anthropicMessages).isEmpty)
        #expect(Said.anthropic(whole.text).calls[1].arguments.utf8.count == 17 * piece.utf8.count + 8)

        let broken = Self.outcome(start + Self.call(Self.more(0, "}")) + Self.end, .anthropicMessages)
        #expect(broken.failure?.kind == .server && !broken.hasEnded)
        #expect(StreamOrder.problems(broken, in: .anthropicMessages).isEmpty)
        #expect(broken.text.hasSuffix("}\n\n") && broken.text.contains("event: error\n"))
    }
}
