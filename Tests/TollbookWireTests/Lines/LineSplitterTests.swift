import NIOCore
import Testing
import TollbookWire

/// Lines out of a byte stream, wherever it is split.
@Suite struct LineSplitterTests {
    private static func lines(_ text: String, size: Int, limit: Int = 100) -> (lines: [String], rest: String?) {
        var splitter = LineSplitter(lineLimit: limit)
        var lines: [String] = []
        for chunk in chunks(Array(text.utf8), size) {
            splitter.append(chunk)
            while let line = splitter.next() { lines.append((line.isWhole ? "" : "~") + String(buffer: line.raw)) }
            #expect(splitter.pendingBytes <= limit)
        }
        return (lines, splitter.finish().map { String(buffer: $0) })
    }

    @Test(arguments: [0, 1, 2, 3, 7]) func splitsAtAnyByte(size: Int) {
        let found = Self.lines("{\"a\":1}\n\r\n\n{\"b\":\"ü\"}\r\n{\"c\"", size: size)
        #expect(found.lines == ["{\"a\":1}\n", "\r\n", "\n", "{\"b\":\"ü\"}\r\n"])
        #expect(found.rest == "{\"c\"")
    }

    @Test func nothingIsLeftBehindAWholeLine() {
        #expect(Self.lines("a\n", size: 0).rest == nil)
        #expect(Self.lines("", size: 1).rest == nil)
    }

    @Test(arguments: [1, 3, 4, 5, 9]) func aLineThatIsTooLongGoesOnInPieces(size: Int) {
        let long = String(repeating: "x", count: 23)
        let found = Self.lines("ab\n\(long)\ncd\n", size: size, limit: 8)
        #expect(found.lines.first == "ab\n" && found.lines.last == "cd\n")
        let pieces = found.lines.dropFirst().dropLast()
        #expect(pieces.allSatisfy { $0.hasPrefix("~") })
        #expect(pieces.map { $0.dropFirst() }.joined() == long + "\n")
    }
}
