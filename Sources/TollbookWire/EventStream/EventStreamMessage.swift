package import NIOCore

/// One message of an AWS event stream as it stands there, checked, with its parts located but not copied.
///
/// Twelve bytes of prelude (the whole length, the headers' length, the checksum of both), the headers, the payload, and
/// the checksum of all before it; numbers are big-endian.
/// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html, "Event stream encoding"
package struct EventStreamMessage: Sendable {
    /// What `:message-type` says that a message is.
    package enum Kind: Equatable, Sendable {
        case event
        /// An error of the service's model, named by `:exception-type`.
        case exception
        /// Another error, named by `:error-code`.
        case error
        /// Not told, or something else.
        case other
    }

    /// The message's bytes as received: a slice of what was read.
    package let raw: ByteBuffer
    package private(set) var kind = Kind.other
    /// Where the payload stands, relative to `raw`'s first byte.
    let payloadRange: Range<Int>
    /// The value of `:event-type`, or of `:exception-type`; empty when there is none.
    private var nameRange = 0..<0

    /// The length and the checksum of the length, of the headers and of both.
    static let preludeBytes = 12
    /// A prelude and a checksum.
    static let smallestBytes = 16

    /// Reads a message whose prelude has been checked.
    ///
    /// - Throws: `malformed_event` for a wrong checksum or headers that are none.
    init(_ raw: ByteBuffer, headerBytes: Int) throws(WireError) {
        self.raw = raw
        let headers = Self.preludeBytes..<Self.preludeBytes + headerBytes
        payloadRange = headers.upperBound..<raw.readableBytes - 4
        try raw.withUnsafeReadableBytes { (bytes) throws(WireError) in
            let end = bytes.count - 4
            let checksum = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
            guard CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end])) == checksum else {
                throw WireError(.malformedEvent, at: end)
            }
            try read(bytes, headers)
        }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ headers: Range<Int>) throws(WireError) {
        var cursor = EventStreamHeaderCursor(bytes, headers)
        while let header = try cursor.next() {
            guard header.type == EventStreamHeaderCursor.Entry.string else { continue }
            let name = Self.part(bytes, header.name)
            let value = Self.part(bytes, header.value)
            if Self.equals(name, ":message-type") {
                kind = Self.kind(value)
            } else if Self.equals(name, ":event-type") || Self.equals(name, ":exception-type") {
                nameRange = header.value
            }
        }
    }

    private static func kind(_ value: UnsafeRawBufferPointer) -> Kind {
        if equals(value, "event") { return .event }
        if equals(value, "exception") { return .exception }
        return equals(value, "error") ? .error : .other
    }

    /// Whether it is an event, or an exception, of the name.
    package func isNamed(_ name: StaticString) -> Bool {
        guard nameRange.count == name.utf8CodeUnitCount else { return false }
        return raw.withUnsafeReadableBytes { Self.equals(Self.part($0, nameRange), name) }
    }

    /// The value of `:event-type`, or of `:exception-type`; nil when there is none.
    package var name: String? {
        guard !nameRange.isEmpty else { return nil }
        return raw.withUnsafeReadableBytes { String(decoding: Self.part($0, nameRange), as: UTF8.self) }
    }

    /// Gives the payload without a copy.
    package func withPayload<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try raw.withUnsafeReadableBytes { (bytes) throws(Failure) in try body(Self.part(bytes, payloadRange)) }
    }

    /// The payload as a slice.
    package var payload: ByteBuffer {
        raw.getSlice(at: raw.readerIndex + payloadRange.lowerBound, length: payloadRange.count) ?? ByteBuffer()
    }

    /// All headers, decoded, in order.
    package var headers: [EventStreamHeader] {
        raw.withUnsafeReadableBytes { bytes in
            var headers: [EventStreamHeader] = []
            var cursor = EventStreamHeaderCursor(bytes, Self.preludeBytes..<payloadRange.lowerBound)
            // They were read before, so that none throws.
            while let entry = try? cursor.next() { headers.append(Self.header(bytes, entry)) }
            return headers
        }
    }

    private static func header(
        _ bytes: UnsafeRawBufferPointer, _ entry: EventStreamHeaderCursor.Entry
    ) -> EventStreamHeader {
        let part = part(bytes, entry.value)
        let number = part.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let value: EventStreamHeader.Value =
            switch entry.type {
            case 0: .bool(true)
            case 1: .bool(false)
            case 2: .byte(Int8(truncatingIfNeeded: number))
            case 3: .int16(Int16(truncatingIfNeeded: number))
            case 4: .int32(Int32(truncatingIfNeeded: number))
            case 5: .int64(Int64(truncatingIfNeeded: number))
            case 6: .bytes(Array(part))
            case 7: .string(String(decoding: part, as: UTF8.self))
            case 8: .timestamp(Int64(truncatingIfNeeded: number))
            default: .uuid(Array(part))
            }
        return EventStreamHeader(String(decoding: Self.part(bytes, entry.name), as: UTF8.self), value)
    }

    private static func part(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
        return true
    }
}
