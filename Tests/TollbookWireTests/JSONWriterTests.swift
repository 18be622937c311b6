import NIOCore
import Testing
import TollbookWire

/// The text that the writer makes.
@Suite struct JSONWriterTests {
    private static func write(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return json.buffer.text
    }

    @Test func separatesMembersAndElements() {
        let text = Self.write { json in
            json.object { json in
                json.name("a")
                json.value(Int64.min)
                json.name("b")
                json.array { json in
                    json.value("x")
                    json.null()
                    json.array { _ in }
                    json.object { _ in }
                    json.value(false)
                    json.raw(ByteBuffer(string: "1.50"))
                }
                json.name("c")
                json.value(String?.none)
            }
        }
        #expect(text == #"{"a":-9223372036854775808,"b":["x",null,[],{},false,1.50],"c":null}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain é漢😀 / '", #""plain é漢😀 / '""#), ("\"\\", #""\"\\""#),
        ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{8}\u{1F}\u{7F}", #""\u0000\u0008\u001f\u007f""#),
        ("a\u{2028}b\u{2029}c\u{202A}", "\"a\\u2028b\\u2029c\u{202A}\""),
    ]) func escapesStrings(_ text: String, _ expected: String) {
        #expect(Self.write { $0.value(text) } == expected)
    }

    @Test func writesOnlyValidJSON() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...30, using: &generator)).compactMap { _ in
                UnicodeScalar(UInt32.random(in: 0...0x2100, using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let json = Self.write { json in
                json.object {
                    $0.name(text)
                    $0.value(text)
                }
            }
            #expect(JSONScannerTests.verdict(Array(json.utf8)) == nil, "\(json)")
        }
    }
}
