import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Splitting a stream into events at any split of its reads, and handing on runs of them.
@Suite struct SSESplitterTests {
    /// An event as a test wants to see it.
    private struct Seen: Equatable {
        var data: String
        var lines: Int
    }

    private struct Outcome {
        var events: [Seen] = []
        /// All runs, joined.
        var forwarded = ""
        var runs = 0
        var isLastComplete = true
    }

    private static func split(_ stream: [UInt8], _ size: Int, withholding: String? = nil) throws -> Outcome {
        var splitter = SSESplitter()
        var outcome = Outcome()
        func see(_ event: SSEEvent) {
            outcome.events.append(Seen(data: event.data.text, lines: event.dataLines))
            #expect(event.withData { String(decoding: $0, as: UTF8.self) } == event.data.text)
            outcome.isLastComplete = event.isComplete
            if let withholding, event.data.text == withholding { splitter.withhold() }
        }
        func take() {
            while let run = splitter.takeRun() {
                outcome.forwarded += run.text
                outcome.runs += 1
            }
        }
        for chunk in chunks(stream, size) {
            splitter.append(chunk)
            while let event = try splitter.next() { see(event) }
            take()
        }
        if let event = splitter.finish() { see(event) }
        take()
        #expect(splitter.pendingBytes == 0)
        return outcome
    }

    private static func data(_ outcome: Outcome) -> [String] {
        outcome.events.filter { $0.lines > 0 }.map(\.data)
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func splitsAnywhereWithEveryLineEnd(_ end: String) throws {
        let lines = [
            "data: one", "", ": comment", "", "event: error", "data:two", "id: 7", "retry: 9", "", "data: three",
            "data:  four", "data", "data:", "", "", "datax: no", "data x", ":", "", "data: é漢😀", "", "data: [DONE]", "",
            "",
        ]
        let stream = Array(lines.joined(separator: end).utf8)
        for size in 0...stream.count {
            let outcome = try Self.split(stream, size)
            #expect(Self.data(outcome) == ["one", "two", "three\n four\n\n", "é漢😀", "[DONE]"], "chunks of \(size)")
            #expect(outcome.forwarded.utf8.elementsEqual(stream), "chunks of \(size)")
            #expect(outcome.isLastComplete)
        }
    }

    @Test func everySingleSplitOfMixedLineEnds() throws {
        let stream = Array("data: a\r\n\ndata: b\n\r\ndata: c\r\r\ndata: d\n\rdata: e\r\n\r\ndata: f\n\n".utf8)
        for split in 0...stream.count {
            var splitter = SSESplitter()
            var seen: [String] = []
            var forwarded: [UInt8] = []
            for part in [stream[..<split], stream[split...]] {
                splitter.append(ByteBuffer(bytes: part))
                while let event = try splitter.next() { if event.dataLines > 0 { seen.append(event.data.text) } }
                while let run = splitter.takeRun() { forwarded += run.array }
            }
            #expect(seen == ["a", "b", "c", "d", "e", "f"], "split at \(split)")
            #expect(forwarded == stream, "split at \(split)")
        }
    }

    @Test func forwardsAReadFullOfEventsAsOneSlice() throws {
        let stream = ByteBuffer(string: String(repeating: "data: {\"x\":1}\n\n", count: 100) + "data: par")
        var splitter = SSESplitter()
        splitter.append(stream)
        var events = 0
        while try splitter.next() != nil { events += 1 }
        let taken = splitter.takeRun()
        let run = try #require(taken)
        #expect(events == 100)
        #expect(splitter.takeRun() == nil)
        #expect(splitter.pendingBytes == 9)
        let distance = stream.withUnsafeReadableBytes { whole in
            run.withUnsafeReadableBytes { whole.baseAddress!.distance(to: $0.baseAddress!) }
        }
        #expect(distance == 0 && run.readableBytes == 1_500, "no byte is copied")
    }

    @Test func withheldEventLeavesTheRun() throws {
        let stream = Array("data: a\n\ndata: b\n\ndata: x\n\ndata: c\n\ndata: x\n\ndata: x\n\ndata: d".utf8)
        for size in 0...stream.count {
            let outcome = try Self.split(stream, size, withholding: "x")
            #expect(outcome.forwarded == "data: a\n\ndata: b\n\ndata: c\n\ndata: d", "chunks of \(size)")
            #expect(!outcome.isLastComplete)
        }
        #expect(try Self.split(stream, 0, withholding: "x").runs == 3)
        #expect(try Self.split(Array("data: x\n\n".utf8), 0, withholding: "x").runs == 0)
    }

    @Test func withholdsOnlyTheLastEventAndOnlyOnce() throws {
        var splitter = SSESplitter()
        splitter.withhold()
        splitter.append(ByteBuffer(string: "data: a\n\ndata: b\n\n"))
        _ = try splitter.next()
        _ = try splitter.next()
        splitter.withhold()
        splitter.withhold()
        #expect(splitter.takeRun()?.text == "data: a\n\n")
        splitter.withhold()
        #expect(splitter.takeRun() == nil)
    }

    @Test func appendsBeforeTheLastReadIsDrained() throws {
        var splitter = SSESplitter()
        splitter.append(ByteBuffer(string: "data: a\n\ndata: b\n\nda"))
        _ = try splitter.next()
        splitter.append(ByteBuffer(string: "ta: c\n\nda"))
        splitter.append(ByteBuffer(string: "ta: d\n\n"))
        var seen: [String] = []
        while let event = try splitter.next() { seen.append(event.data.text) }
        #expect(seen == ["b", "c", "d"])
        var forwarded = ""
        while let run = splitter.takeRun() { forwarded += run.text }
        #expect(forwarded == "data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n")
    }

    @Test func passesOverAByteOrderMarkAtTheStartOnly() throws {
        let mark = "\u{FEFF}"
        let stream = Array("\(mark)data: a\n\n\(mark)data: b\n\ndata: c\n\n".utf8)
        for size in 0...stream.count {
            #expect(Self.data(try Self.split(stream, size)) == ["a", "c"], "chunks of \(size)")
        }
    }

    @Test func tellsTheEventType() throws {
        var splitter = SSESplitter()
        splitter.append(ByteBuffer(string: "event: error\ndata: x\n\nevent:done\n\ndata: y\n\nevent\ndata: z\n\n"))
        var events: [SSEEvent] = []
        while let event = try splitter.next() { events.append(event) }
        try #require(events.count == 4)
        #expect(events[0].isNamed("error") && !events[0].isNamed("erro") && !events[0].isNamed("errors"))
        #expect(events[1].isNamed("done"))
        #expect(events[2].dataLines == 1 && events[2].isNamed(""))
        #expect(events[3].isNamed(""))
    }

    @Test func handsOutCRBlankLineWithoutWaiting() throws {
        var splitter = SSESplitter()
        splitter.append(ByteBuffer(string: "data: a\r\r"))
        #expect(try splitter.next()?.data.text == "a")
        splitter.append(ByteBuffer(string: "data: b\r\n\r"))
        #expect(try splitter.next() == nil, "the LF is on its way")
        splitter.append(ByteBuffer(string: "\n"))
        #expect(try splitter.next()?.raw.text == "data: b\r\n\r\n")
        splitter.append(ByteBuffer(string: "data: c\r\n\r"))
        #expect(try splitter.next() == nil)
        #expect(splitter.finish()?.isComplete == true, "the stream ended where only the LF was missing")
    }

    @Test(arguments: [1, 7, 64, 1_000]) func refusesAnEventPastTheLimit(_ size: Int) throws {
        let fits = Array(("data: " + String(repeating: "x", count: 92) + "\n\n").utf8)
        #expect(fits.count == 100)
        var splitter = SSESplitter(eventLimit: 100)
        for chunk in chunks(fits, size) {
            splitter.append(chunk)
            _ = try splitter.next()
        }
        let tooLong = Array(("data: " + String(repeating: "x", count: 93) + "\n\n").utf8)
        #expect(throws: WireError(.eventTooLarge, at: 0)) {
            for chunk in chunks(tooLong, size) {
                splitter.append(chunk)
                _ = try splitter.next()
            }
        }
        #expect(throws: WireError.self) { try splitter.next() }
    }

    @Test func finishesEmptyStreamWithNothing() {
        var splitter = SSESplitter()
        #expect(splitter.finish() == nil)
        #expect(splitter.takeRun() == nil)
    }

    @Test func randomStreamsComeOutAsTheyWentIn() throws {
        var generator = SeededGenerator(seed: 11)
        let parts = [
            "data: x", "data:", "data", ":c", "event: e", "\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "é", " ", "id",
        ]
        for round in 0..<3_000 {
            let stream = (0..<Int.random(in: 0...20, using: &generator))
                .map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            let bytes = Array(stream.utf8)
            let whole = try Self.split(bytes, 0)
            let size = Int.random(in: 1...9, using: &generator)
            let cut = try Self.split(bytes, size)
            #expect(whole.forwarded.utf8.elementsEqual(bytes), "round \(round)")
            #expect(cut.forwarded.utf8.elementsEqual(bytes), "round \(round)")
            #expect(Self.data(cut) == Self.data(whole), "round \(round): chunks of \(size) of \(bytes)")
            #expect(Self.data(whole) == Self.reference(bytes), "round \(round): \(bytes)")
        }
    }

    /// The data of a stream's events, also of one that the stream's end cuts: the standard's line-by-line rules
    /// over the whole text.
    private static func reference(_ bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        var lines: [String] = [""]
        var afterReturn = false
        for scalar in text {
            if scalar == "\n" && afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            if scalar == "\n" || scalar == "\r" {
                lines.append("")
            } else {
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
        var events: [String] = []
        var data: [String] = []
        for line in lines + [""] {
            if line.isEmpty {
                if !data.isEmpty { events.append(data.joined(separator: "\n")) }
                data = []
            } else if line == "data" {
                data.append("")
            } else if line.hasPrefix("data:") {
                let value = line.dropFirst(5)
                data.append(String(value.hasPrefix(" ") ? value.dropFirst() : value))
            }
        }
        return events
    }
}
