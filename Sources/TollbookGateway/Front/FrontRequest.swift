internal import Crypto
internal import NIOCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// A request from its head to its end.
final class FrontRequest {
    let head: RequestHead
    let key: KeyRecord
    let secretHash: SecretHash
    let acceptedMicros: Int64
    let details: RequestDetails
    var body: BodyIntake
    /// nil: the body's plain SHA-256 is of no use.
    private var digest: SHA256?
    /// Whether the body goes to the provider while it arrives, unless it turns out that it must be held whole.
    private(set) var streamsBody: Bool
    /// Whether the body would have gone up so, had its first bytes had the fields that the call is opened with.
    private var isHeldForm = false
    private var bodyBytes = 0
    private var reservedBytes = 0

    init(
        head: RequestHead, key: KeyRecord, secretHash: SecretHash, acceptedMicros: Int64, details: RequestDetails,
        hasher: BodyHasher
    ) {
        self.head = head
        self.key = key
        self.secretHash = secretHash
        self.acceptedMicros = acceptedMicros
        self.details = details
        streamsBody = head.streamsBody
        digest = head.needsBodyDigest ? SHA256() : nil
        guard head.passed == nil, !head.target.isStored else {
            body = BodyIntake(
                opaque: hasher, isPrompt: head.headers.isJSON && !head.target.isStored,
                announcedBytes: head.headers.contentLength)
            return
        }
        body = BodyIntake(
            form: head.target.endpoint?.requestForm ?? .chat, needsModel: head.needsModel, boundary: head.formBoundary,
            hasher: hasher,
            announcedBytes: head.headers.contentLength)
    }

    /// Takes a chunk of the body; an error when there is no room for it.
    func append(_ bytes: ByteBuffer, loop: GatewayLoop) -> GatewayError? {
        let count = bytes.readableBytes
        bodyBytes += count
        if let error = sizeError(loop.configuration.sizes) { return error }
        guard loop.reserveBody(count) else { return .overloaded }
        reservedBytes += count
        body.append(bytes)
        if digest != nil { bytes.withUnsafeReadableBytes { digest?.update(bufferPointer: $0) } }
        return nil
    }

    private func sizeError(_ sizes: GatewaySizes) -> GatewayError? {
        let limit = streamsBody ? sizes.uploadBytes : sizes.bodyBytes
        if isHeldForm, max(bodyBytes, head.headers.contentLength ?? 0) > limit {
            return .fieldsBehindFiles(limit: limit)
        }
        return bodyBytes <= limit ? nil : .requestTooLarge(limit: limit)
    }

    /// Decides, once the first bytes of the body are there, whether the rest goes to the provider while it arrives.
    ///
    /// - Returns: what is known of the body, its first bytes, and the rest; nil: not yet, or the body is held whole.
    func takeUpload(_ loop: GatewayLoop) -> (scan: ChatRequestScan, held: ByteBuffer, upload: Upload)? {
        let announced = head.headers.contentLength
        guard streamsBody, bodyBytes > GatewayLimits.uploadPrefixBytes, bodyBytes != announced else { return nil }
        guard let scan = body.interim(announcedBytes: announced) else {
            streamsBody = false
            isHeldForm = body.error == nil
            return nil
        }
        let held = body.release()
        let limit = loop.configuration.sizes.uploadBytes
        return (scan, held, Upload(body, receivedBytes: bodyBytes, announcedBytes: announced, limit: limit))
    }

    /// The body's plain SHA-256 in hexadecimal, if it is of use.
    func finishDigest() -> String? {
        digest.map { Hexadecimal.text($0.finalize()) }
    }

    /// Gives back what was reserved for the body.
    func release(_ loop: GatewayLoop) {
        loop.releaseBody(reservedBytes)
        reservedBytes = 0
    }

    /// The reservation goes over to the call.
    func takeReservation() -> Int {
        defer { reservedBytes = 0 }
        return reservedBytes
    }
}

/// What there is of a body when its call begins.
struct CallBody {
    let scan: ChatRequestScan
    let bytes: ByteBuffer
    /// HMAC-SHA-256, first 16 bytes; zeros: the body is not whole.
    let hash: [UInt8]
    /// Plain and in hexadecimal; nil: it is of no use.
    var sha256: String?
}

/// What a caller says of a request in headers, checked.
struct RequestDetails {
    private(set) var tags: String?
    private(set) var endUser: String?
    private(set) var interaction: String?
    private(set) var error: GatewayError?

    init(_ headers: borrowing RequestHeaders) {
        if let header = headers.tags {
            if let normalized = RequestTags.normalized(header) {
                tags = normalized.isEmpty ? nil : normalized
            } else {
                refuse("x-tollbook-tags", "is not of the form 'name=value,name=value' within its limits")
            }
        }
        if let header = headers.endUser {
            endUser = header.isEmpty ? nil : header
            if header.utf8.count > GatewayLimits.endUserBytes || !header.isFreeOfControlCharacters {
                refuse("x-tollbook-end-user", "is too long or has control characters")
            }
        }
        if let header = headers.interaction {
            interaction = header.isEmpty ? nil : header
            if header.utf8.count > GatewayLimits.interactionBytes || !header.isFreeOfControlCharacters {
                refuse("x-tollbook-interaction", "is too long or has control characters")
            }
        }
    }

    private mutating func refuse(_ header: String, _ what: String) {
        if error == nil { error = GatewayError(.invalidHeader, "The header \(header) \(what).", param: header) }
    }
}
