import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// A stream that is one JSON array, cut into its elements.
@Suite struct JSONArraySplitterTests {
    private struct Split: Equatable {
        var raw: [String] = []
        var values: [String] = []
        var tail = ""
        var isClosed = false
        var error: String?
    }

    private static func split(_ bytes: [UInt8], _ size: Int, limit: Int = 1 << 20) -> Split {
        var splitter = JSONArraySplitter(elementLimit: limit)
        var split = Split()
        do throws(WireError) {
            for chunk in chunks(bytes, size) {
                splitter.append(chunk)
                while let element = try splitter.next() {
                    split.raw.append(element.raw.text)
                    split.values.append(element.value.text)
                }
            }
        } catch {
            split.error = error.code.rawValue
            return split
        }
        split.isClosed = splitter.isClosed
        split.tail = splitter.finish().text
        return split
    }

    private static let text = """
         [ {"a":"]}[{é\\""},
        {"b":[{},[1,"}"]]}\n,\r\n{}
         ]

        """

    @Test func handsOutWholeElementsWhereverItIsCut() {
        let bytes = Array(Self.text.utf8)
        let whole = Self.split(bytes, 0)
        #expect(whole.values == [#"{"a":"]}[{é\""}"#, #"{"b":[{},[1,"}"]]}"#, "{}"])
        #expect(whole.isClosed && whole.raw.joined() + whole.tail == Self.text)
        for size in 1...bytes.count { #expect(Self.split(bytes, size) == whole) }
        for cut in 0..<bytes.count - 3 {
            let early = Self.split(Array(bytes[..<cut]), 3)
            #expect(!early.isClosed && early.error == nil)
            // Half a character is no text.
            let told = Array((early.raw.joined() + early.tail).utf8)
            #expect(told == Array(bytes[..<cut]) || early.tail.contains("\u{FFFD}"))
        }
    }

    @Test(arguments: ["{}", "[[]]", "[1]", #"["x"]"#, "[null]", "x", "[{}]{", "[{},]", "[{]", "[{}{}]", "\u{FEFF}[]"])
    func refusesWhatIsNoArrayOfObjects(_ text: String) {
        for size in [0, 1] { #expect(Self.split(Array(text.utf8), size).error != nil) }
    }

    @Test func elementsBeforeAFaultAreHandedOut() {
        for size in [0, 1] {
            let split = Self.split(Array(#"[{"a":1},{"b":2},x"#.utf8), size)
            #expect(split.values == [#"{"a":1}"#, #"{"b":2}"#] && split.error == "syntax")
        }
    }

    @Test func anElementThatNeverEndsIsNotHeld() {
        let endless = Array(#"[{"a":""#.utf8) + Array(repeating: UInt8(ascii: "x"), count: 3_000)
        for size in [0, 1, 500] {
            #expect(Self.split(endless, size, limit: 1_000).error == "event_too_large")
            let closed = endless + Array(#""}]"#.utf8)
            #expect(Self.split(closed, size, limit: 1_000).error == "event_too_large")
            #expect(Self.split(closed, size, limit: 4_000).error == nil)
        }
    }

    @Test func holdsNoMoreThanTheElementAtHand() throws {
        var splitter = JSONArraySplitter()
        splitter.append(ByteBuffer(string: "["))
        for _ in 0..<2_000 {
            splitter.append(ByteBuffer(string: #"{"a":"\#(String(repeating: "x", count: 500))"},"#))
            while try splitter.next() != nil {}
            #expect(splitter.pendingBytes < 10)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func mutatedArraysAreCutAlikeWhereverTheyAreCut(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var whole = 0
        for round in 0..<3_000 {
            let bytes = Mutation.of(Array(Self.text.utf8), &generator)
            let size = Int.random(in: 1...20, using: &generator)
            let expected = Self.split(bytes, 0)
            if expected.isClosed { whole += 1 }
            #expect(Self.split(bytes, size) == expected, "seed \(seed), round \(round), chunks of \(size)")
        }
        #expect(whole > 100, "the mutations leave something to read")
    }
}
