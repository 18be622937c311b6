internal import NIOCore
internal import TollbookLedger
internal import TollbookWire

/// A call's body while it arrives: kept in one buffer, scanned and hashed chunk by chunk.
struct BodyIntake {
    private(set) var body = ByteBuffer()
    private var byteCount = 0
    /// False: bytes are read and not kept.
    private var isKept = true
    /// The first thing that is wrong with the body; nothing is kept from there on.
    private(set) var error: WireError?
    private var scanner: ChatRequestScanner
    /// In its place for a body that is a form.
    private var formScanner: FormRequestScanner?
    /// Whether the body is passed through unread.
    private let isOpaque: Bool
    /// Whether such a body counts as a prompt.
    private let isPrompt: Bool
    private var hasher: BodyHasher
    private let reserveBytes: Int

    /// - Parameters:
    ///   - form: whose request it is.
    ///   - needsModel: whether the body must name the model; false: the path has named it.
    ///   - boundary: what stands between the parts of a form; nil: the body is JSON.
    ///   - announcedBytes: the content length; not trusted beyond a reservation.
    init(form: RequestForm, needsModel: Bool, boundary: FormBoundary?, hasher: BodyHasher, announcedBytes: Int?) {
        scanner = ChatRequestScanner(form: form, needsModel: needsModel)
        if let boundary { formScanner = FormRequestScanner(form: form, needsModel: needsModel, boundary: boundary) }
        isOpaque = false
        isPrompt = false
        self.hasher = hasher
        reserveBytes = min(announcedBytes ?? 0, GatewayLimits.bodyReserveBytes)
    }

    /// A body that is passed through unread.
    ///
    /// - Parameter isPrompt: whether its bytes count as those of a prompt.
    init(opaque hasher: BodyHasher, isPrompt: Bool, announcedBytes: Int?) {
        scanner = ChatRequestScanner()
        isOpaque = true
        self.isPrompt = isPrompt
        self.hasher = hasher
        reserveBytes = min(announcedBytes ?? 0, GatewayLimits.bodyReserveBytes)
    }

    mutating func append(_ chunk: ByteBuffer) {
        guard error == nil else { return }
        do {
            if !isOpaque {
                if formScanner == nil { try scanner.scan(chunk) } else { try formScanner?.scan(chunk) }
            }
        } catch {
            self.error = error
            body = ByteBuffer()
            return
        }
        chunk.withUnsafeReadableBytes { hasher.update($0) }
        byteCount += chunk.readableBytes
        if isKept { keep(chunk) }
    }

    /// What the body asks for as far as it has come, with the worst case of the rest.
    ///
    /// - Returns: nil: it can only be known of the whole body.
    func interim(announcedBytes: Int?) -> ChatRequestScan? {
        guard error == nil else { return nil }
        if isOpaque { return isPrompt ? nil : ChatRequestScan(passedBytes: byteCount, isPrompt: false) }
        return formScanner?.interim(announcedBytes: announcedBytes)
    }

    /// Gives out what is kept; from here on bytes are read and not kept.
    mutating func release() -> ByteBuffer {
        isKept = false
        defer { body = ByteBuffer() }
        return body
    }

    /// The hash of what has come.
    var hash: [UInt8] { hasher.finalize() }

    /// Ends the body.
    mutating func finish() throws(WireError) -> (scan: ChatRequestScan, hash: [UInt8]) {
        if let error { throw error }
        if isOpaque {
            return (ChatRequestScan(passedBytes: byteCount, isPrompt: isPrompt), hasher.finalize())
        }
        if let scan = try formScanner?.finish() { return (scan, hasher.finalize()) }
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
