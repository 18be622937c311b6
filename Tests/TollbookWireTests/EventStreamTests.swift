import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Messages of AWS event streams: every type of header, wherever the bytes are cut, and nothing that is not whole.
@Suite struct EventStreamTests {
    private static let headers = [
        EventStreamHeader(":message-type", .string("event")),
        EventStreamHeader(":event-type", .string("metadata")),
        EventStreamHeader("yes", .bool(true)),
        EventStreamHeader("no", .bool(false)),
        EventStreamHeader("byte", .byte(-7)),
        EventStreamHeader("short", .int16(-30_000)),
        EventStreamHeader("int", .int32(-2_000_000_000)),
        EventStreamHeader("long", .int64(.min)),
        EventStreamHeader("bytes", .bytes([0, 255, 3])),
        EventStreamHeader("nothing", .bytes([])),
        EventStreamHeader("time", .timestamp(1_767_225_600_123)),
        EventStreamHeader("id", .uuid(Array(0..<16))),
    ]

    /// A message as it stands in AWS's test data for implementations: one header of a 32-bit number, and a payload.
    private static let known: [UInt8] = [
        0x00, 0x00, 0x00, 0x2D, 0x00, 0x00, 0x00, 0x10, 0x41, 0xC4, 0x24, 0xB8, 0x0A, 0x65, 0x76, 0x65, 0x6E, 0x74,
        0x2D, 0x74, 0x79, 0x70, 0x65, 0x04, 0x00, 0x00, 0xA0, 0x0C, 0x7B, 0x27, 0x66, 0x6F, 0x6F, 0x27, 0x3A, 0x27,
        0x62, 0x61, 0x72, 0x27, 0x7D, 0x36, 0xF4, 0x80, 0xA0,
    ]

    struct Read: Equatable {
        var headers: [[EventStreamHeader]] = []
        var payloads: [String] = []
        var runs: [UInt8] = []
        var pending = 0
    }

    /// Reads a stream in chunks of `size`, without every message whose place is in `withheld`.
    static func read(_ bytes: [UInt8], _ size: Int = 0, withheld: Set<Int> = []) throws -> Read {
        var splitter = EventStreamSplitter()
        var read = Read()
        for chunk in chunks(bytes, size) {
            splitter.append(chunk)
            while let message = try splitter.next() {
                if withheld.contains(read.headers.count) { splitter.withhold() }
                read.headers.append(message.headers)
                read.payloads.append(message.payload.text)
            }
            while let run = splitter.takeRun() { read.runs += run.array }
        }
        read.pending = splitter.pendingBytes
        return read
    }

    @Test func readsAMessageThatAnotherWrote() throws {
        let read = try Self.read(Self.known)
        #expect(read.headers == [[EventStreamHeader("event-type", .int32(0xA00C))]])
        #expect(read.payloads == ["{'foo':'bar'}"])
        let headers = [EventStreamHeader("event-type", .int32(0xA00C))]
        let written = EventStreamWriter.message(headers, payload: ByteBuffer(string: "{'foo':'bar'}"))
        #expect(written.array == Self.known)
    }

    @Test func readsEveryHeaderAtEverySplit() throws {
        let payloads = ["", "{}", String(repeating: "é", count: 700)]
        let messages = payloads.map { EventStreamWriter.message(Self.headers, payload: ByteBuffer(string: $0)) }
        let stream = messages.flatMap(\.array)
        let whole = try Self.read(stream)
        #expect(whole.headers == Array(repeating: Self.headers, count: 3) && whole.payloads == payloads)
        #expect(whole.runs == stream && whole.pending == 0)
        for size in 1...stream.count { #expect(try Self.read(stream, size) == whole) }
        for size in [0, 1, 13, 200] {
            let read = try Self.read(stream, size, withheld: [1])
            #expect(read.payloads == payloads && read.runs == messages[0].array + messages[2].array)
        }
    }

    @Test func keepsWhatIsNotWhole() throws {
        let message = EventStreamWriter.message(Self.headers, payload: ByteBuffer(string: "x")).array
        for length in 0..<message.count {
            let read = try Self.read(message + message[..<length], 7)
            #expect(read.payloads == ["x"] && read.pending == length && read.runs == message)
        }
    }

    @Test func refusesAWrongByteWhereverItIs() throws {
        let message = EventStreamWriter.message(Self.headers, payload: ByteBuffer(string: "payload")).array
        for index in message.indices {
            var wrong = message
            wrong[index] ^= 1
            #expect(throws: WireError.self, "byte \(index)") { try Self.read(wrong + message) }
        }
    }

    @Test func refusesAMessageOverTheLimitBeforeItsBytesCome() throws {
        var splitter = EventStreamSplitter(messageLimit: 100)
        let message = EventStreamWriter.message([], payload: ByteBuffer(repeating: 1, count: 85))
        splitter.append(ByteBuffer(bytes: message.array[..<12]))
        for _ in 0..<2 {
            #expect(throws: WireError(.eventTooLarge, at: 0)) { try splitter.next() }
        }
        var room = EventStreamSplitter(messageLimit: 101)
        room.append(message)
        #expect(try room.next()?.payload.readableBytes == 85)
    }

    /// Bytes changed, removed and put in, with the checksums made right again so that the parts behind them are read.
    @Test(arguments: [1, 2, 3] as [UInt64]) func mutationsNeverTrap(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let seedMessage = EventStreamWriter.message(Self.headers, payload: ByteBuffer(string: #"{"usage":{}}"#)).array
        var accepted = 0
        for round in 0..<4_000 {
            var bytes = seedMessage
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 12..<bytes.count - 4, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert([0, 1, 7, 255].randomElement(using: &generator) ?? 0, at: index)
                }
            }
            let headers = Bool.random(using: &generator) ? seedMessage[7] : UInt8.random(in: 0...255, using: &generator)
            bytes = Self.sealed(bytes, headerBytes: headers)
            let size = Int.random(in: 1...50, using: &generator)
            let whole = Result { try Self.read(bytes) }
            let cut = Result { try Self.read(bytes, size) }
            switch (whole, cut) {
            case (.success(let whole), .success(let cut)):
                #expect(whole == cut, "seed \(seed), round \(round)")
                accepted += 1
            case (.failure, .failure): break
            default: Issue.record("seed \(seed), round \(round): chunks of \(size) read another thing")
            }
        }
        #expect(accepted > 100, "the mutations leave something to read")
    }

    /// The bytes with lengths and checksums that fit.
    private static func sealed(_ bytes: [UInt8], headerBytes: UInt8) -> [UInt8] {
        func checksum(_ bytes: [UInt8]) -> [UInt8] {
            var value: UInt32 = 0xFFFF_FFFF
            for byte in bytes {
                value ^= UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
            }
            return withUnsafeBytes(of: (~value).bigEndian, Array.init)
        }
        var sealed = withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init) + [0, 0, 0, headerBytes]
        sealed += checksum(sealed)
        sealed += bytes[12..<bytes.count - 4]
        return sealed + checksum(sealed)
    }
}
