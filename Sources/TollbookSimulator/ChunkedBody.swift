internal import NIOCore

/// Decodes a chunked upload (RFC 9112, 7.1) as it arrives; extensions and trailers are dropped.
struct ChunkedBody: Sendable {
    /// What has been decoded so far.
    private(set) var body = ByteBuffer()
    private var stage = Stage.size

    private enum Stage: Sendable {
        case size
        case data(Int)
        case dataEnd
        case trailer
    }

    enum Progress {
        case incomplete
        case complete
        /// What is wrong, as a status.
        case refused(Int)
    }

    /// Takes what it can from `buffer`.
    mutating func take(from buffer: inout ByteBuffer) -> Progress {
        while true {
            switch stage {
            case .size:
                guard let line = Self.line(from: &buffer) else { return unfinished(buffer) }
                guard let size = Self.size(line) else { return .refused(400) }
                guard body.readableBytes + size <= SimulatorLimits.bodyBytes else { return .refused(413) }
                stage = size == 0 ? .trailer : .data(size)
            case .data(let left):
                guard let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return .incomplete }
                body.writeImmutableBuffer(piece)
                let rest = left - piece.readableBytes
                stage = rest == 0 ? .dataEnd : .data(rest)
                if rest > 0 { return .incomplete }
            case .dataEnd:
                guard let line = Self.line(from: &buffer) else { return unfinished(buffer) }
                guard line.readableBytes == 0 else { return .refused(400) }
                stage = .size
            case .trailer:
                guard let line = Self.line(from: &buffer) else { return unfinished(buffer) }
                if line.readableBytes == 0 { return .complete }
            }
        }
    }

    private func unfinished(_ buffer: ByteBuffer) -> Progress {
        buffer.readableBytes > SimulatorLimits.chunkLineBytes ? .refused(400) : .incomplete
    }

    /// The next line without its end.
    private static func line(from buffer: inout ByteBuffer) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let feed = view.firstIndex(of: 0x0a) else { return nil }
        let length = feed - view.startIndex
        let hasReturn = length > 0 && view[feed - 1] == 0x0d
        let line = buffer.readSlice(length: hasReturn ? length - 1 : length)
        buffer.moveReaderIndex(forwardBy: hasReturn ? 2 : 1)
        return line
    }

    private static func size(_ line: ByteBuffer) -> Int? {
        let digits = line.readableBytesView.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard (1...8).contains(digits.count), digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { return nil }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
