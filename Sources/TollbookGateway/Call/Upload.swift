internal import NIOCore
internal import TollbookLedger
internal import TollbookWire

/// A call's body that goes to the provider while it arrives: scanned, hashed and counted, and kept nowhere.
///
/// The front feeds it, and the call sends on what it gives out. Lives on the call's event loop.
final class Upload {
    /// What becomes of bytes that were read.
    enum Step {
        /// They go to the provider.
        case passes(ByteBuffer)
        /// They are the last ones, and wait for the end.
        case waits
        /// The body cannot be passed on whole.
        case fails(GatewayError)
    }

    /// What becomes of the body at its end.
    enum Ending {
        /// It is whole.
        ///
        /// - Parameters:
        ///   - tail: bytes that waited for it.
        ///   - scan: what the whole body asks for.
        case whole(tail: ByteBuffer?, scan: ChatRequestScan)
        case fails(GatewayError)
    }

    /// Length of the body as the caller announced it; nil: it comes in chunks.
    let announcedBytes: Int?
    private var body: BodyIntake
    private let limit: Int
    private(set) var receivedBytes: Int
    /// Whether all of the body was passed on.
    private(set) var isWhole = false
    /// Whether the rest of the body is of no use: the provider has answered, or the attempt has failed.
    private(set) var isStopped = false
    private var withheld: ByteBuffer?

    /// - Parameters:
    ///   - body: which has read the first bytes, and keeps no more of them.
    ///   - receivedBytes: how many they were.
    ///   - limit: of the whole body.
    init(_ body: BodyIntake, receivedBytes: Int, announcedBytes: Int?, limit: Int) {
        self.body = body
        self.receivedBytes = receivedBytes
        self.announcedBytes = announcedBytes
        self.limit = limit
    }

    /// Whether bytes are still to come that the provider is to have.
    var isUnderWay: Bool { !isWhole && !isStopped }

    /// Reads the next bytes of the body.
    func take(_ bytes: ByteBuffer) -> Step {
        receivedBytes += bytes.readableBytes
        guard receivedBytes <= limit else { return .fails(.requestTooLarge(limit: limit)) }
        body.append(bytes)
        if let error = body.error { return .fails(.unreadable(error)) }
        // With the last byte of an announced length the provider has a whole request: first it must be found good.
        guard receivedBytes == announcedBytes else { return .passes(bytes) }
        withheld = bytes
        return .waits
    }

    /// Ends the body.
    func finish() -> Ending {
        do throws(WireError) {
            let scan = try body.finish().scan
            isWhole = true
            defer { withheld = nil }
            return .whole(tail: withheld, scan: scan)
        } catch {
            return .fails(.unreadable(error))
        }
    }

    /// Nothing more of the body goes to the provider.
    func stop() {
        isStopped = true
        withheld = nil
    }

    /// What its row says.
    var record: UploadRecord {
        UploadRecord(bodyBytes: Int64(receivedBytes), bodyHash: body.hash, isWhole: isWhole)
    }
}
