import NIOCore
import Testing
import TollbookGateway

/// Answers taken off a provider's connection.
@Suite struct ResponseReaderTests {
    private struct Answer: Equatable {
        var status = 0
        var keepsAlive = false
        var body = ""
        var isEnded = false
        var endsWithConnection = false
    }

    private static func read(_ parts: [String]) throws -> [Answer] {
        var reader = ResponseReader()
        var answers: [Answer] = []
        for part in parts {
            reader.append(ByteBuffer(string: part))
            while let next = try reader.next() {
                switch next {
                case .head(let head):
                    answers.append(
                        Answer(
                            status: head.status, keepsAlive: head.keepsAlive,
                            endsWithConnection: reader.endsWithConnection))
                case .body(let bytes): answers[answers.count - 1].body += String(buffer: bytes)
                case .end: answers[answers.count - 1].isEnded = true
                }
            }
        }
        return answers
    }

    private static let messages: [(String, Answer)] = [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
            Answer(status: 200, keepsAlive: true, body: "hello", isEnded: true)
        ),
        (
            "HTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            Answer(status: 200, keepsAlive: true, body: "hello", isEnded: true)
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n"
                + "HTTP/1.1 204 None\r\nconnection: close\r\n\r\n",
            Answer(status: 204, isEnded: true)
        ),
        ("HTTP/1.1 304 \r\ncontent-length: 5\r\n\r\n", Answer(status: 304, keepsAlive: true, isEnded: true)),
        (
            "HTTP/1.0 200 OK\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\nhello",
            Answer(status: 200, keepsAlive: true, body: "hello", isEnded: true)
        ),
        ("HTTP/1.1 500 Oops\r\n\r\nhello", Answer(status: 500, body: "hello", endsWithConnection: true)),
    ]

    @Test(arguments: messages.indices)
    func readsAnAnswerHoweverItIsCut(_ index: Int) throws {
        let (message, expected) = Self.messages[index]
        #expect(try Self.read([message]) == [expected])
        #expect(try Self.read(message.utf8.map { String(UnicodeScalar($0)) }) == [expected])
    }

    @Test(arguments: [
        "SSH-2.0-x", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!\r\n",
    ])
    func refusesWhatIsNoAnswer(_ bytes: String) {
        #expect(throws: MessageFault.malformed) { try Self.read([bytes]) }
    }

    @Test(arguments: [
        ("timeout=5", 5), ("TimeOut = 5 ; max=3", nil), ("max=100 , Timeout= 15", 15), ("timeout=0", 0),
        ("timeout=-1", nil),
        ("timeout", nil), ("timeout=5s", nil), ("max=5", nil), ("", nil),
    ])
    func readsHowLongAnIdleConnectionIsKept(_ value: String, seconds: Int?) throws {
        var reader = ResponseReader()
        reader.append(ByteBuffer(string: "HTTP/1.1 204 None\r\nKeep-Alive: \(value)\r\n\r\n"))
        guard case .head(let head) = try reader.next() else {
            Issue.record("the head is whole")
            return
        }
        #expect(head.keepAliveSeconds == seconds && head.forwarded.readableBytes == 0)
    }

    @Test func passesOnOnlyWhatMayGoBack() throws {
        var reader = ResponseReader()
        reader.append(
            ByteBuffer(
                string: "HTTP/1.1 200 OK\r\nX-Request-Id: up-1\r\nSet-Cookie: a=1\r\nContent-Encoding: GZIP\r\n"
                    + "Connection: x-hop\r\nX-Hop: 1\r\ncontent-length: 3\r\n"
                    + "Content-Type: Text/Event-Stream; x\r\n\r\n"))
        guard case .head(let head) = try reader.next() else {
            Issue.record("the head is whole")
            return
        }
        #expect(
            String(buffer: head.forwarded) == "X-Request-Id: up-1\r\nContent-Type: Text/Event-Stream; x\r\n")
        #expect(head.requestID == "up-1" && head.isEventStream && head.encoding == .gzip && head.contentLength == 3)
    }
}
