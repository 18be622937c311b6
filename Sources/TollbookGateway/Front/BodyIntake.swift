internal import NIOCore
internal import TollbookLedger
internal import TollbookWire

/// A call's body while it arrives: kept in one buffer, scanned and hashed chunk by chunk.
struct BodyIntake {
    private(set) var body = ByteBuffer()
    /// The first thing that is wrong with the body; nothing is kept from there on.
    private(set) var error: WireError?
    private var scanner: ChatRequestScanner
    private var hasher: BodyHasher
    private let reserveBytes: Int

    /// - Parameters:
    ///   - form: whose request it is.
    ///   - needsModel: whether the body must name the model; false: the path has named it.
    ///   - announcedBytes: the content length; not trusted beyond a reservation.
    init(form: RequestForm, needsModel: Bool, hasher: BodyHasher, announcedBytes: Int?) {
        scanner = ChatRequestScanner(form: form, needsModel: needsModel)
        self.hasher = hasher
        reserveBytes = min(announcedBytes ?? 0, GatewayLimits.bodyReserveBytes)
    }

    mutating func append(_ chunk: ByteBuffer) {
        guard error == nil else { return }
        do {
            try scanner.scan(chunk)
        } catch {
            self.error = error
            body = ByteBuffer()
            return
        }
        chunk.withUnsafeReadableBytes { hasher.update($0) }
        keep(chunk)
    }

    /// Ends the body.
    mutating func finish() throws(WireError) -> (scan: ChatRequestScan, hash: [UInt8]) {
        if let error { throw error }
        return (try scanner.finish(), hasher.finalize())
    }

    /// A body of one chunk stays where it was read; others are joined, because small slices would each pin the
    /// whole read that they came in.
    private mutating func keep(_ chunk: ByteBuffer) {
        if body.readableBytes == 0 {
            body = chunk
            return
        }
        if body.writableBytes < chunk.readableBytes {
            var joined = ByteBuffer()
            joined.reserveCapacity(max(reserveBytes, 2 * (body.readableBytes + chunk.readableBytes)))
            joined.writeImmutableBuffer(body)
            body = joined
        }
        body.writeImmutableBuffer(chunk)
    }
}
