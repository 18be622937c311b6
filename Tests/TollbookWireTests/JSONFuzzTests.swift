import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Mutated JSON, judged by the scanner and by an independent parser.
@Suite struct JSONFuzzTests {
    private static let seeds: [String] = [
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
            let found = Self.verdict(JSONScannerTests.verdict(bytes, size, depthLimit: 5))
            if expected == .valid { accepted += 1 }
            guard found != expected else { continue }
            Issue.record("seed \(seed) round \(round): \(found), expected \(expected): \(bytes)")
            return
        }
        #expect(accepted > 500, "the mutations leave something valid to test")
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
