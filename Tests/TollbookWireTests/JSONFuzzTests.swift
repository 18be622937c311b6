import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Mutated JSON, judged by the scanner and by an independent parser.
@Suite struct JSONFuzzTests {
    private static let seeds: [String] = [
        #"{"a\n":"\ud83d","b":"\\\"\/x\ud83d\ud83d\ude00","ééé":-1e5}"#,
        #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi \u00e9 \ud83d\ude00\n"}],"n":1}"#,
        #"[0,-1,1.5,2e10,-0.0E-5,123456789012345678901234567890,true,false,null,"",{},[]]"#,
        "{\"text\":\"é漢字😀 plain ascii that is long enough for whole words\",\"a\":{\"b\":[[[]]]}}",
        " \n{ \"k\" : [ 1 , 2 , { \"x\" : null } ] }\t",
    ]

    /// Bytes that mean something to a JSON parser, or nothing to UTF-8.
    private static let interesting: [UInt8] =
        Array("{}[]\",:\\/untrfbeE+-.0123456789 \t\r\n".utf8) + [
            0, 0x1F, 0x7F, 0x80, 0xBF, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF,
        ]

    private static func mutated(_ seed: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let at = Int.random(in: 0...bytes.count, using: &generator)
            let byte =
                Bool.random(using: &generator)
                ? interesting.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.insert(byte, at: at)
            case 1: if at < bytes.count { bytes[at] = byte }
            case 2: if at < bytes.count { bytes.remove(at: at) }
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...6, using: &generator)))
            default:
                let from = Int.random(in: 0...bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[min(at, from)..<max(at, from)].prefix(20), at: at)
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func agreesWithAnIndependentParser(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for round in 0..<20_000 {
            let source = Self.seeds[round % Self.seeds.count]
            let bytes = Self.mutated(Array(source.utf8), &generator)
            let size = Int.random(in: 0...9, using: &generator)
            let expected = JSONOracle.judge(bytes, depthLimit: 5)
            let error = JSONScannerTests.verdict(bytes, depthLimit: 5)
            let cutError = JSONScannerTests.verdict(bytes, size, depthLimit: 5)
            if expected == .valid { accepted += 1 }
            guard Self.verdict(error) != expected || error != cutError else { continue }
            let found = [error, cutError].map { $0?.description ?? "valid" }
            Issue.record("seed \(seed) round \(round): \(found), expected \(expected): \(bytes)")
            return
        }
        #expect(accepted > 500, "the mutations leave something valid to test")
    }

    @Test(arguments: [5, 6] as [UInt64]) func requestsReadTheSameAtEverySplitAndPatchIntoRequests(seed: UInt64) throws {
        let bodies = [
            #"{"model":"m","stream":true,"stream_options":{"include_usage":false},"n":2,"user":"é\u00e9"}"#,
            #"{"messages":[{"role":"user","content":[{"image_url":{"url":"data:x"}}]}],"model":"a\u002db"}"#,
            #"{"stream_options":null,"max_tokens":10,"max_completion_tokens":20,"model":"m","tools":[{"a":[1]}]}"#,
            #"{"model":"m","stream_options":{"x":{}},"service_tier":null}"#,
        ]
        var generator = SeededGenerator(seed: seed)
        var patched = 0
        for round in 0..<10_000 {
            let bytes = Self.mutated(Array(bodies[round % bodies.count].utf8), &generator)
            let whole = Self.scan(bytes, 0)
            #expect(Self.scan(bytes, Int.random(in: 1...9, using: &generator)) == whole, "seed \(seed) round \(round)")
            guard case .success(let scan) = whole else { continue }
            let patch = ChatRequestPatch(scan, model: "new", includeUsage: true)
            let parts = patch.apply(to: chunks(bytes, Int.random(in: 0...9, using: &generator)))
            let again = try? Self.scan(parts.flatMap(\.array), 0).get()
            #expect(
                again?.includesUsage == true && again?.model?.value == "new", "seed \(seed) round \(round): \(bytes)")
            #expect(again?.prompt.messages == scan.prompt.messages && again?.user == scan.user)
            patched += 1
        }
        #expect(patched > 500)
    }

    private static func scan(_ bytes: [UInt8], _ size: Int) -> Result<ChatRequestScan, WireError> {
        Result { () throws(WireError) in try ChatRequestScannerTests.scan(bytes, size) }
    }

    private static func verdict(_ error: WireError?) -> JSONOracle.Verdict {
        switch error?.code {
        case nil: .valid
        case .truncatedJSON?: .truncated
        case .tooDeep?: .tooDeep
        default: .invalid
        }
    }
}
