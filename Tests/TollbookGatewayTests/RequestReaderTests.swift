import NIOCore
import Testing
import TollbookGateway

/// Requests taken off a connection: the same however they arrive, and nothing that two readers could read in two ways.
@Suite struct RequestReaderTests {
    /// What a reader makes of bytes: heads, joined bodies and ends, in order.
    private static func read(_ parts: [String]) throws -> [String] {
        var reader = RequestReader()
        var events: [String] = []
        for part in parts {
            reader.append(ByteBuffer(string: part))
            while let next = try reader.next() {
                switch next {
                case .head(let head): events.append("\(target(head)) keeps \(head.keepsAlive)")
                case .body(let bytes):
                    #expect(bytes.readableBytes > 0)
                    if events.last?.hasPrefix("body ") == true {
                        events[events.count - 1] += String(buffer: bytes)
                    } else {
                        events.append("body " + String(buffer: bytes))
                    }
                case .end: events.append("end")
                }
            }
        }
        return events
    }

    private static func target(_ head: RequestHead) -> String {
        guard case .call(let endpoint, nil) = head.target else { return "\(head.target)" }
        return "\(endpoint)"
    }

    private static let chat = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"

    private static let messages = [
        chat + "Content-Length: 5\r\n\r\nhello",
        chat + "transfer-encoding: Chunked\r\n\r\n2;a=b\r\nhe\r\n003 \r\nllo\r\n0\r\nx-trailer: 1\r\n\r\n",
        chat + "transfer-encoding: chunked\r\n\r\n1\r\nh\r\n3\r\nell\r\n0001\r\no\r\n0\r\n\r\n",
        "\r\n\r\n" + chat + "content-length:\t 5 \r\n\r\nhello",
    ]

    @Test(arguments: messages)
    func readsAMessageHoweverItIsCut(_ message: String) throws {
        let expected = ["chatCompletions keeps true", "body hello", "end"]
        #expect(try Self.read([message]) == expected)
        #expect(try Self.read(message.utf8.map { String(UnicodeScalar($0)) }) == expected)
        for cut in 1..<message.utf8.count {
            let index = message.utf8.index(message.startIndex, offsetBy: cut)
            let parts = [String(message.utf8[..<index]), String(message.utf8[index...])].compactMap(\.self)
            #expect(try Self.read(parts) == expected)
        }
    }

    @Test func readsPipelinedMessagesOneAfterTheOther() throws {
        let expected = ["chatCompletions keeps true", "body hello", "end"]
        let all = [[String]](repeating: expected, count: Self.messages.count).flatMap(\.self)
        #expect(try Self.read([Self.messages.joined()]) == all)
    }

    @Test func joinsSmallChunks() throws {
        var reader = RequestReader()
        let large = String(repeating: "c", count: GatewayLimits.joinedChunkBytes + 1)
        reader.append(
            ByteBuffer(
                string: Self.chat + "transfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n"
                    + String(large.utf8.count, radix: 16) + "\r\n" + large + "\r\n1\r\nd\r\n1\r\n"))
        var bodies: [String] = []
        while let part = try reader.next() {
            if case .body(let bytes) = part { bodies.append(String(buffer: bytes)) }
        }
        #expect(bodies == ["ab", large, "d"])
    }

    @Test func takesNoMoreThanIsAskedFor() throws {
        var reader = RequestReader()
        reader.append(ByteBuffer(string: Self.chat + "\r\nno request"))
        guard case .head = try reader.next(), case .end = try reader.next() else {
            Issue.record("the first request is whole")
            return
        }
        #expect(!reader.isEmpty)
        #expect(throws: MessageFault.malformed) {
            reader.append(ByteBuffer(string: "\r\n\r\n"))
            _ = try reader.next()
        }
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "connection: close\r\n", false),
        ("HTTP/1.1", "Connection: upgrade, CLOSE\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "connection: Keep-Alive\r\n", true), ("HTTP/1.0", "connection: close, keep-alive\r\n", false),
    ])
    func keepsTheConnectionAsTheClientAsks(_ version: String, _ header: String, _ keeps: Bool) throws {
        #expect(try Self.read(["GET /v1/models \(version)\r\n\(header)\r\n"]) == ["models keeps \(keeps)", "end"])
    }

    @Test(arguments: [
        "\u{16}\u{3}\u{1}", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nhost: x\n", "GET / HTTP/1.1\rx",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "G T / HTTP/1.1\r\n\r\n",
        "GET /\u{E9} HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        chat + "no colon\r\n\r\n", chat + ": v\r\n\r\n", chat + "name : v\r\n\r\n", chat + "a: b\r\n folded\r\n\r\n",
        chat + "a: b\u{0}\r\n\r\n",
        chat + "a\u{7F}: b\r\n\r\n",
        chat + "content-length: 1\r\ncontent-length: 1\r\n\r\n", chat + "content-length: +1\r\n\r\n",
        chat + "content-length: 1, 1\r\n\r\n", chat + "content-length:\r\n\r\n", chat + "content-length: 0x1\r\n\r\n",
        chat + "content-length: 9223372036854775808\r\n\r\n",
        chat + "content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        chat + "transfer-encoding: gzip, chunked\r\n\r\n", chat + "transfer-encoding: identity\r\n\r\n",
        chat + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
        "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
    ])
    func refusesWhatIsNoHead(_ bytes: String) {
        #expect(throws: MessageFault.malformed) { try Self.read([bytes]) }
    }

    @Test(arguments: [
        "g\r\n", "\r\n", ";\r\n", "-1\r\n", "0x1\r\n", "1 1\r\n", "1\n", "1\r\nab\r\n", "1\r\na\n",
        "0\r\nno colon\r\n\r\n",
        "fffffffffffffffff\r\n",
    ])
    func refusesBrokenChunks(_ chunks: String) {
        #expect(throws: MessageFault.malformed) {
            try Self.read([Self.chat + "transfer-encoding: chunked\r\n\r\n" + chunks])
        }
    }

    @Test func refusesHeadsPastTheirLimits() {
        let field = "x: " + String(repeating: "y", count: 1_000) + "\r\n"
        let many = (0...GatewayLimits.headFields).map { "x\($0): y\r\n" }.joined()
        let chunked = Self.chat + "transfer-encoding: chunked\r\n\r\n"
        let extended = "1;" + String(repeating: "e", count: GatewayLimits.chunkLineBytes)
        for parts in [
            [Self.chat + String(repeating: field, count: 70)],
            [Self.chat] + [String](repeating: field, count: 70),
            [Self.chat + "x: " + String(repeating: "y", count: GatewayLimits.headBytes)],
            [Self.chat + many + "\r\n"], [chunked + extended],
            [chunked + "0\r\n" + String(repeating: field, count: 70)],
        ] {
            #expect(throws: MessageFault.headTooLarge) { try Self.read(parts) }
        }
    }

    // MARK: Mutations

    private struct Outcome: Equatable {
        var text: [UInt8] = []
        var fault: MessageFault?
    }

    /// What a reader makes of bytes that come so many at a time.
    private static func outcome(_ bytes: [UInt8], by size: Int) -> Outcome {
        var reader = RequestReader()
        var outcome = Outcome()
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.append(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + size)]))
            do throws(MessageFault) {
                while let next = try reader.next() {
                    switch next {
                    case .head(let head):
                        outcome.text += Array("\(head.target) ".utf8) + Array(buffer: head.headers.forwarded)
                    case .body(let bytes): outcome.text += Array(buffer: bytes)
                    case .end: outcome.text += Array(" end ".utf8)
                    }
                }
            } catch {
                outcome.fault = error
                return outcome
            }
        }
        return outcome
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func readsMutationsTheSameHoweverTheyAreCut(seed: UInt64) {
        var state = seed
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let interesting = Array("\r\n\r\n:;, \t0aF-HTTP/1.1?\u{0}\u{7F}\u{FF}".utf8)
        var whole = 0
        for round in 0..<5_000 {
            var bytes = Array(
                (Self.messages[round % Self.messages.count] + Self.messages[random(Self.messages.count)]).utf8)
            for _ in 0...random(3) {
                let at = random(bytes.count)
                switch random(3) {
                case 0: bytes[at] = interesting[random(interesting.count)]
                case 1: bytes.insert(interesting[random(interesting.count)], at: at)
                default: bytes.remove(at: at)
                }
            }
            let expected = Self.outcome(bytes, by: bytes.count)
            if expected.fault == nil { whole += 1 }
            let cut = Self.outcome(bytes, by: 1 + random(7))
            guard cut != expected else { continue }
            Issue.record("seed \(seed) round \(round): \(cut) instead of \(expected): \(bytes)")
            return
        }
        #expect(whole > 500, "the mutations leave something to read")
    }
}
