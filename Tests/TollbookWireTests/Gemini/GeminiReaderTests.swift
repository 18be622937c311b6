import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of Gemini's answers, wherever their chunks end.
@Suite struct GeminiReaderTests {
    private static func read(_ body: String, _ size: Int = 0) -> GeminiResponseReader {
        var reader = GeminiResponseReader()
        for chunk in chunks(Array(body.utf8), size) { reader.read(chunk) }
        reader.finish()
        return reader
    }

    private static let body = """
        {"x":{"usageMetadata":{"promptTokenCount":999}},"candidates":[{"content":{"parts":[
        {"text":"Hm é","thought":true,"thoughtSignature":"c2lnbmVk"},{"text":"Hello"},
        {"functionCall":{"id":"not counted","name":"f","args":{"key":"value","list":["a",12,true]}}},
        {"executableCode":{"language":"PY","code":"1+1"}},{"codeExecutionResult":{"output":"not counted"}}],
        "role":"model"},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"title":"text"}}]},
        "index":0}],"usageMetadata":{ "promptTokenCount" : 5, "candidatesTokenCount":7 },"modelVersion":"g\\u0065mini",
        "responseId":"r1"}
        """
    /// "Hm é", "Hello", the name "f", its argument's names, strings and numbers, and the code.
    private static let outputBytes = 5 + 5 + 1 + 3 + 5 + 4 + 1 + 2 + 2 + 3

    @Test func readsTheSameAtEveryCut() {
        let bytes = Array(Self.body.utf8)
        for size in 0...90 {
            let reader = Self.read(Self.body, size)
            #expect(reader.isWellFormed && !reader.hasError && !reader.refusesKey)
            #expect(reader.model == "gemini" && reader.responseID == "r1")
            #expect(reader.estimatedOutputTokens >= (Self.outputBytes + 3) / 4)
            #expect(reader.estimatedOutputTokens <= (Self.outputBytes + 30) / 4)
            let report = reader.usageReport()
            #expect(report.usage == Usage([.input: 5, .output: 7]) && !report.hasUncounted)
            #expect(report.raw == #"{ "promptTokenCount" : 5, "candidatesTokenCount":7 }"#)
        }
        for cut in 0..<bytes.count {
            #expect(!Self.read(String(decoding: bytes[..<cut], as: UTF8.self)).isWellFormed)
        }
    }

    @Test(arguments: [
        (#"{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}}"#, true), (#"{"error":"x"}"#, true),
        (#"{"candidates":[{"content":{"parts":[{"text":"error"}]}}]}"#, false), (#"{"error":null}"#, false),
        (#"{"embedding":{"values":[0.5]}}"#, false),
    ]) func tellsAnErrorFromAnAnswer(_ body: String, _ expected: Bool) {
        #expect(Self.read(body).hasError == expected)
    }

    @Test func knowsTheErrorOfAKeyThatIsNone() {
        let info = #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"g"}"#
        for size in [0, 1, 5] {
            #expect(Self.read(#"{"error":{"code":400,"details":[\#(info)]}}"#, size).refusesKey)
            #expect(!Self.read(#"{"error":{"code":400,"details":[{"reason":"OTHER"}]}}"#, size).refusesKey)
            #expect(!Self.read(#"{"candidates":[\#(info)]}"#, size).refusesKey)
        }
    }

    // MARK: Streams

    private static func follow(_ payloads: [String], close: Bool = false) -> GeminiStreamReader {
        var reader = GeminiStreamReader()
        for payload in payloads { Array(payload.utf8).withUnsafeBytes { _ = reader.read($0) } }
        if close { reader.close() }
        return reader
    }

    private static func chunk(_ text: String, usage: String, finish: String? = nil) -> String {
        let end = finish.map { #","finishReason":\#($0)"# } ?? ""
        return #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}]}\#(end)}],"#
            + #""usageMetadata":\#(usage),"modelVersion":"m","responseId":"r"}"#
    }

    private static let early = #"{"promptTokenCount":5,"candidatesTokenCount":2}"#
    private static let late = #"{"promptTokenCount":6,"candidatesTokenCount":4,"thoughtsTokenCount":1}"#

    @Test func theLastTotalsCountOnceTheAnswerEnded() {
        for finish in [#""STOP""#, "1"] {
            let reader = Self.follow([
                Self.chunk("Hel", usage: Self.early), Self.chunk("lo", usage: Self.late, finish: finish),
            ])
            #expect(reader.sawFinishReason && reader.model == "m" && reader.responseID == "r")
            #expect(reader.usageReport().usage == Usage([.input: 6, .output: 4, .reasoning: 1]))
        }
    }

    @Test func beforeTheEndThePromptIsKnownAndTheOutputSoFar() {
        let parts = [Self.chunk("Hel", usage: Self.early), Self.chunk("lo", usage: Self.late)]
        let report = Self.follow(parts).usageReport()
        #expect(report.usage == nil && report.promptUsage == Usage([.input: 6]) && report.outputTokensSoFar == 5)
        #expect(Self.follow(parts, close: true).usageReport().usage == Usage([.input: 6, .output: 4, .reasoning: 1]))
    }

    @Test func totalsWithoutAPromptReplaceNone() {
        let reader = Self.follow([
            Self.chunk("a", usage: #"{"trafficType":"X"}"#), Self.chunk("a", usage: Self.late),
            Self.chunk("", usage: #"{"trafficType":"X"}"#, finish: #""STOP""#),
        ])
        #expect(reader.usageReport().raw == Self.late)
    }

    @Test func aBlockedPromptIsAnEnd() {
        let reader = Self.follow([
            #"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}}"#
        ])
        #expect(reader.sawFinishReason && reader.usageReport().usage == Usage([.input: 9]))
        #expect(!Self.follow([#"{"promptFeedback":{"safetyRatings":[{"category":"X"}]}}"#]).sawFinishReason)
        #expect(!Self.follow([#"{"candidates":[{"finishReason":null}]}"#]).sawFinishReason)
    }

    @Test func aSearchIsNotInTheUsage() {
        let grounded =
            #"{"candidates":[{"groundingMetadata":{"webSearchQueries":["q"]}}],"usageMetadata":\#(Self.late)}"#
        #expect(Self.follow([grounded]).usageReport().hasUncounted)
        #expect(Self.read(grounded).usageReport().hasUncounted)
        #expect(!Self.follow([grounded.replacing(#"["q"]"#, with: "[]")]).usageReport().hasUncounted)
    }

    @Test func tellsWhatAChunkIs() {
        var reader = GeminiStreamReader()
        let kinds: [(String, AnswerEvent)] = [
            (Self.chunk("a", usage: Self.early), .content), (Self.chunk("", usage: Self.early), .other),
            (#"{"candidates":[{"content":{"parts":[{"inlineData":{"data":"QUJD"}}]}}]}"#, .content),
            (#"{"error":{"code":503}}"#, .error), ("{", .other), ("{}", .other),
        ]
        for (payload, kind) in kinds {
            let read = Array(payload.utf8).withUnsafeBytes { reader.read($0) }
            #expect(read == kind, "\(payload)")
        }
        #expect(reader.malformedEvents == 1 && reader.sawError && reader.contentEvents == 2)
    }

    @Test(.enabled(if: GeminiRecordings.arePresent, "\(Recordings.missing)"))
    func readsTheUsageOfEveryRecording() throws {
        var streams = 0
        for (name, bytes) in GeminiRecordings.answers {
            let payloads = try GeminiRecordings.payloads(bytes)
            let totals = payloads.compactMap { $0["usageMetadata"] as? [String: Any] }.compactMap {
                $0["totalTokenCount"] as? Int
            }
            let report: UsageReport
            if payloads.count > 1 || bytes.first == UInt8(ascii: "d") || bytes.first == UInt8(ascii: "[") {
                streams += 1
                report = Self.follow(try payloads.map(GeminiRecordings.text)).usageReport()
            } else {
                report = Self.read(String(decoding: bytes, as: UTF8.self), 7).usageReport()
            }
            guard let total = totals.last else {
                #expect(report.usage == nil, "\(name)")
                continue
            }
            #expect(!report.isInconsistent, "\(name)")
            #expect(report.usage.map { $0.inputTokens + $0.outputTokens } == Int64(total), "\(name)")
        }
        #expect(streams >= 7)
    }
}

/// Google's recorded answers.
private enum GeminiRecordings {
    static let arePresent = Recordings.arePresent

    static let answers: [(name: String, bytes: [UInt8])] = {
        guard let root = Recordings.root else { return [] }
        var found: [(String, [UInt8])] = []
        for provider in ["gemini", "vertex"] {
            let folder = root.appending(path: provider)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
                guard let meta = try? String(contentsOf: folder.appending(path: "\(name)/meta.json"), encoding: .utf8),
                    meta.contains("enerateContent\"")
                else { continue }
                for file in ["response.json", "response.sse"] {
                    if let data = try? Data(contentsOf: folder.appending(path: "\(name)/\(file)")) {
                        found.append((name, [UInt8](data)))
                    }
                }
            }
        }
        return found.sorted { $0.0 < $1.0 }
    }()

    static func payloads(_ bytes: [UInt8]) throws -> [[String: Any]] {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("data:") {
            return try text.split(whereSeparator: \.isNewline).map { line in
                try JSONSerialization.jsonObject(with: Data(line.dropFirst(5).utf8)) as? [String: Any] ?? [:]
            }
        }
        let value = try JSONSerialization.jsonObject(with: Data(bytes))
        return (value as? [[String: Any]]) ?? [value as? [String: Any] ?? [:]]
    }

    static func text(_ payload: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: payload), as: UTF8.self)
    }
}
