import Foundation
import NIOCore
import Testing
import TollbookWire

/// Bodies and streams that are broken at random: no crash, no hang, bounded output, and valid JSON whenever
/// something comes out. Seeds are the tests' arguments, so that a failure can be had again.
struct TranslationFuzzTests {
    private static let rounds = 400

    private static let bodies: [(String, ConversationDialect)] =
        RequestTranslationTests.toAnthropic.map { ($0.0, .openAIChat) }
        + RequestTranslationTests.toOpenAI.map { ($0.0, .anthropicMessages) }
        + ResponsesTranslationTests.requests.map { ($0.body, .openAIResponses) }
        + GeminiTranslationTests.fromGemini.map { ($0.0, .gemini) }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func brokenRequestsAreReadOrRefused(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var translated = 0
        for round in 0..<Self.rounds {
            let (body, source) = Self.bodies[round % Self.bodies.count]
            let bytes = mutated(Array(body.utf8), &random)
            let others = ConversationDialect.providers.filter { $0 != source }
            guard let target = others.randomElement(using: &random) else { continue }
            guard
                let request = try? RequestTranslator.translate(
                    ByteBuffer(bytes: bytes), from: source, to: target, .sample)
            else { continue }
            translated += 1
            #expect((try? JSONView(request.body)) != nil, "seed \(seed), round \(round)")
            #expect(request.body.readableBytes < 7 * bytes.count + 4_096)
        }
        #expect(translated > 0)
    }

    @Test(arguments: [4, 5, 6] as [UInt64])
    func brokenStreamsEndOrAreCut(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let streams: [(String, ConversationDialect)] = [
            (StreamTranslationTests.anthropic, .anthropicMessages), (StreamTranslationTests.openAI, .openAIChat),
            (GeminiAnswerTranslationTests.stream, .gemini),
        ]
        for round in 0..<Self.rounds {
            let (stream, source) = streams[round % streams.count]
            let bytes = mutated(Array(stream.utf8), &random)
            let others = ConversationDialect.allCases.filter { $0 != source }
            guard let target = others.randomElement(using: &random) else { continue }
            let outcome = translateStream(
                bytes, from: source, to: target, chunk: Int.random(in: 1...200, using: &random))
            let endings = [outcome.hasEnded, outcome.isCut, outcome.isMalformed, outcome.failure != nil]
            #expect(endings.filter { $0 }.count == 1, "seed \(seed), round \(round)")
            #expect(StreamOrder.problems(outcome, in: target).isEmpty, "seed \(seed), round \(round)")
            // A response repeats what was said three times, and its ids in every event.
            #expect(outcome.text.utf8.count < 30 * bytes.count + 8_192)
            for line in outcome.text.split(separator: "\n") where line.hasPrefix("data: {") {
                let isJSON = (try? JSONView(ByteBuffer(substring: line.dropFirst(6)))) != nil
                #expect(isJSON, "seed \(seed), round \(round): \(line)")
            }
        }
    }

    @Test(arguments: [7, 8] as [UInt64])
    func brokenAnswersAreReadOrRefused(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let answer =
            #"{"id":"msg_1","content":[{"type":"text","text":"a\u00e9"},{"type":"tool_use","id":"t","name":"f","#
            + #""input":{"x":[1,2]}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}"#
        for round in 0..<Self.rounds {
            let bytes = mutated(Array(answer.utf8), &random)
            guard
                let translated = try? AnswerTranslator.translate(
                    ByteBuffer(bytes: bytes), from: .anthropicMessages,
                    to: [.openAIChat, .openAIResponses, .gemini][round % 3], .sample())
            else { continue }
            #expect((try? JSONView(translated.body)) != nil, "seed \(seed), round \(round)")
        }
        for round in 0..<Self.rounds {
            let bytes = mutated(Array(GeminiAnswerTranslationTests.answer.utf8), &random)
            let target: ConversationDialect = round % 2 == 0 ? .openAIChat : .anthropicMessages
            guard
                let translated = try? AnswerTranslator.translate(
                    ByteBuffer(bytes: bytes), from: .gemini, to: target, .sample())
            else { continue }
            #expect((try? JSONView(translated.body)) != nil, "seed \(seed), round \(round)")
        }
    }

    /// One to four changes: a byte flipped, a piece taken out, doubled or put in.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let pieces = [
            "null", "[]", "{}", "\"\"", "1e999", "\\ud800", "\"type\":", "[[[[", "\n\n", "\u{0}", "-1", "true",
        ]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where end - at < bytes.count: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8, at: at)
            }
        }
        return bytes
    }
}
