import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Validation: what is JSON, what is not, where it shows, and that the split of the text never matters.
@Suite struct JSONScannerTests {
    /// The error of a text fed in chunks of `size`; nil when it is valid.
    static func verdict(_ bytes: [UInt8], _ size: Int = 0, depthLimit: Int = 128) -> WireError? {
        var scanner = JSONScanner(depthLimit: depthLimit)
        do throws(WireError) {
            for chunk in chunks(bytes, size) {
                try chunk.withUnsafeReadableBytes { (bytes) throws(WireError) in try scanner.validate(bytes) }
            }
            try scanner.finish()
            return nil
        } catch {
            return error
        }
    }

    static let valid: [String] = [
        "{}", "[]", "0", "-0", "-0.0e-0", "1.5E+10", "12345678901234567890123456789012345678901234567890",
        "true", "false", "null", "\"\"", " \t\r\n[ 1 , 2 ]\n", "[[],{},[{}]]", "{\"\":\"\"}", "{\"a\":1,\"a\":2}",
        #""\"\\\/\b\f\n\r\t\u0041""#, #""\ud83d\ude00""#, #""\ud800""#, #""\udc00x""#, #""\ud800\ud800\udc00""#,
        #""\ud800\n""#, "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "\"é漢字😀\"",
        "{\"a\":{\"b\":[null,true,false,-1,2.5e3,\"x\"]}}",
    ]

    static let invalid: [(text: String, offset: Int)] = [
        ("{]", 1), ("[}", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("[1,]", 3), ("[,1]", 1),
        ("{,}", 1), ("{a:1}", 1), ("{'a':1}", 1), ("1 2", 2), ("{} {}", 3), ("[1 2]", 3), ("{\"a\" 1}", 5),
        ("01", 1), ("-a", 1), ("1.a", 2), ("1e+a", 3), ("+1", 0), (".5", 0), ("0x1", 1), ("1.e5", 2), ("--1", 1),
        ("tru3", 3), ("nulL", 3), ("NaN", 0), ("Infinity", 0), ("True", 0), ("\"\\x\"", 2), ("\"\\u12g4\"", 5),
        ("\"a\nb\"", 2), ("\"\u{1F}\"", 1), ("]", 0), ("}", 0), ("// c\n1", 0), ("[1]]", 3), ("\u{FEFF}{}", 0),
        ("{\"\ta\":1}", 2), ("{\" \n\":1}", 3), ("[\"\\ n\"]", 3), ("[\"\\u 041\"]", 4), ("{\"\\ n\":1}", 3),
        ("[1 .5]", 3), ("[- 1]", 2), ("[t rue]", 2),
        ("{\"a\":1 \"b\":2}", 7), ("\u{0}", 0), ("{}\u{0}", 2), (",", 0), (":", 0),
    ]

    static let truncated: [String] = [
        "", " ", "{", "[", "[1", "[1,", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"", "\"a", "\"\\",
        "\"\\u", "\"\\u123", "tr", "n", "-", "1.", "1e", "1e-", "[[", "{\"a\":[", "\"\\ud83d", "\"\\ud83d\\u",
    ]

    /// Sequences that are not UTF-8, and the offset of the offending byte within them.
    static let badUTF8: [(bytes: [UInt8], offset: Int)] = [
        ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC2, 0x41], 1), ([0xC2, 0xC2], 1),
        ([0xE0, 0x80, 0x80], 1), ([0xE0, 0x9F, 0xBF], 1), ([0xE1, 0x80, 0x41], 2), ([0xED, 0xA0, 0x80], 1),
        ([0xED, 0xBF, 0xBF], 1), ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),
        ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
        ([0xF1, 0x80, 0x80, 0x22], 3), ([0xE2, 0x22], 1),
    ]

    @Test(arguments: valid) func acceptsAtEverySplit(_ text: String) {
        let bytes = Array(text.utf8)
        for size in 0...max(1, bytes.count) {
            #expect(Self.verdict(bytes, size) == nil, "chunks of \(size)")
        }
    }

    @Test(arguments: invalid) func refusesAtTheOffendingByte(_ text: String, _ offset: Int) {
        let bytes = Array(text.utf8)
        for size in 0...bytes.count {
            #expect(Self.verdict(bytes, size) == WireError(.jsonSyntax, at: offset), "chunks of \(size)")
        }
    }

    @Test(arguments: truncated) func tellsTruncatedTextByItsLength(_ text: String) {
        let bytes = Array(text.utf8)
        for size in 0...max(1, bytes.count) {
            #expect(Self.verdict(bytes, size) == WireError(.truncatedJSON, at: bytes.count), "chunks of \(size)")
        }
    }

    @Test(arguments: badUTF8) func refusesWhatIsNotUTF8(_ sequence: [UInt8], _ offset: Int) {
        let bytes = Array("[\"plain text before it \u{E9}".utf8) + sequence + Array("\"]".utf8)
        let expected = WireError(.invalidUTF8, at: bytes.count - 2 - sequence.count + offset)
        for size in 0...bytes.count {
            #expect(Self.verdict(bytes, size) == expected, "chunks of \(size)")
        }
    }

    @Test func tellsCutCharacterAsTruncated() {
        let bytes = Array("\"😀\"".utf8)
        for length in 1..<bytes.count {
            let expected = WireError(.truncatedJSON, at: length)
            #expect(Self.verdict(Array(bytes[..<length])) == expected)
        }
    }

    @Test func everySingleSplitGivesTheSameResult() {
        let bytes = Array(#"{"a\u00e9\ud83d\ude00":[-1.5e+3,true,null,"漢\n"],"b":{}} "#.utf8)
        for split in 0...bytes.count {
            var scanner = JSONScanner()
            #expect(throws: Never.self) {
                try bytes[..<split].withUnsafeBytes { try scanner.validate($0) }
                try bytes[split...].withUnsafeBytes { try scanner.validate($0) }
                try scanner.finish()
            }
            #expect(scanner.offset == bytes.count)
        }
    }

    @Test(arguments: [1, 2, 64, 127, 128]) func limitsDepthExactly(_ limit: Int) {
        for open in ["[", "{\"a\":"] {
            let close = open == "[" ? "]" : "}"
            let inner = String(repeating: open, count: limit) + "1" + String(repeating: close, count: limit)
            #expect(Self.verdict(Array(inner.utf8), depthLimit: limit) == nil)
            let deeper = Array((open + inner + close).utf8)
            #expect(
                Self.verdict(deeper, depthLimit: limit) == WireError(.tooDeep, at: open.utf8.count * limit))
        }
    }

    @Test func keepsContainersApartAtFullDepth() {
        // Alternating containers fill the whole stack of bits; each must be closed by its own bracket.
        let open = String(repeating: "[{\"a\":", count: 64)
        let close = String(repeating: "}]", count: 64)
        #expect(Self.verdict(Array((open + "1" + close).utf8)) == nil)
        let wrong = open + "1" + String(close.dropLast(1)) + "}"
        #expect(Self.verdict(Array(wrong.utf8)) == WireError(.jsonSyntax, at: wrong.utf8.count - 1))
    }

    @Test func siblingsDoNotAddToDepth() {
        let text = "[" + Array(repeating: "[[]]", count: 1_000).joined(separator: ",") + "]"
        #expect(Self.verdict(Array(text.utf8), depthLimit: 3) == nil)
    }

    @Test func staysFailed() {
        var scanner = JSONScanner()
        let expected = WireError(.jsonSyntax, at: 0)
        #expect(throws: expected) { try Array("x".utf8).withUnsafeBytes { try scanner.validate($0) } }
        #expect(throws: expected) { try Array("{}".utf8).withUnsafeBytes { try scanner.validate($0) } }
        #expect(throws: expected) { try scanner.finish() }
    }

    @Test func findsTheEndOfTextAtEveryDistance() {
        // The word-at-a-time search must see each kind of end at each place of a word, and before later ones.
        for length in 0...40 {
            for (end, error) in [("\\n\"", nil), ("\"", nil), ("é\"", nil), ("\u{1}\"", 1 + length)] as [(String, Int?)]
            {
                for tail in ["", "\\\"\u{E9}\""] {
                    let plain = "\"" + String(repeating: "a", count: length)
                    let text = tail.isEmpty ? plain + end : plain + String(end.dropLast()) + tail
                    let found = Self.verdict(Array(text.utf8))
                    #expect(found == error.map { WireError(.jsonSyntax, at: $0) }, "\(length) \(text)")
                }
            }
        }
    }
}
