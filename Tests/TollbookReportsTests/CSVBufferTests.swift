import Testing
import TollbookReports

/// Focus: what RFC 4180 asks for, and what a spreadsheet must not run.
@Suite struct CSVBufferTests {
    private func field(_ text: String) -> String {
        var buffer = CSVBuffer()
        buffer.append(text: text)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test func quotesWhatIsNotPlain() {
        #expect(field("plain text-1.0_a:b/c") == "plain text-1.0_a:b/c")
        #expect(field("a,b") == "\"a,b\"")
        #expect(field("a\"b") == "\"a\"\"b\"")
        #expect(field("") == "\"\"")
        #expect(field("é") == "\"é\"")
    }

    @Test(arguments: ["=", "+", "-", "@", "\t", "\r"]) func escapesFormulas(start: String) {
        #expect(field(start + "1") == "\"'\(start)1\"")
        #expect(field("a" + start).contains("'") == false)
    }

    @Test func writesNumbersAsTheyAre() {
        var buffer = CSVBuffer()
        buffer.append(Int64.min)
        buffer.append(Int64.max)
        buffer.append(0)
        buffer.append(amount: -5)
        buffer.append(hexadecimal: [0, 255])
        buffer.appendNull()
        buffer.endLine()
        let expected = "-9223372036854775808,9223372036854775807,0,-0.000000005,00ff,\r\n"
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == expected)
    }
}
