internal import Logging
internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// What a provider's answer about a file or batch is recorded with.
struct StoredRecord: Sendable {
    let recording: StoredPlan.Recording
    /// The answer.
    let object: StoredObjectText
    let requestID: RequestID
    let key: KeyRecord
    let routeID: Int64
    let provider: ProviderRecord
    let credential: CredentialRecord?
    let startedMicros: Int64
}

/// Records files and batches, and settles batches that have ended. Thread-safe.
final class StoredService: Sendable {
    let ledger: any StoredLedger
    let logger: Logger

    init(ledger: any StoredLedger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
    }

    /// Records what an answer tells.
    ///
    /// - Parameter loop: where providers are asked for results, if a batch has ended.
    /// - Returns: what the caller is told in place of the answer; nil: it is durable.
    func take(_ record: StoredRecord, on loop: GatewayLoop) async -> GatewayError? {
        do {
            try await recorded(record, on: loop)
            return nil
        } catch is UpstreamExchange.Failure {
            return .resultsUnavailable
        } catch {
            logger.error("a file or batch could not be recorded", metadata: ["error": "\(error)"])
            return .ledgerUnavailable
        }
    }

    private func recorded(_ record: StoredRecord, on loop: GatewayLoop) async throws {
        let organization = record.key.organizationID
        switch record.recording {
        case .nothing: break
        case .file(let purpose, let bytes, let lines):
            let file = StoredFile(
                requestID: record.requestID, projectID: record.key.project.id, providerID: record.provider.id,
                credentialID: record.credential?.id, routeID: record.routeID, upstreamID: record.object.id,
                purpose: purpose, bytes: bytes, lines: lines)
            try await ledger.record(file, object: record.object.json, organizationID: organization)
        case .deletion(let file):
            try await ledger.recordDeletion(ofFile: file.id, by: record.requestID, organizationID: organization)
        case .creation(let file):
            try await ledger.record(
                batch: record.object.id, of: record.requestID, fileID: file.id, startedMicros: record.startedMicros,
                object: record.object.json, organizationID: organization)
        case .batch(let batch):
            guard !batch.isEnded else { return }
            try await take(
                record.object, of: batch,
                BatchSource(provider: record.provider, credential: record.credential, loop: loop))
        }
    }

    /// Takes what a provider tells of a batch: settles it if it has ended, else keeps it for lists.
    ///
    /// - Returns: whether it has ended.
    /// - Throws: `UpstreamExchange.Failure` when its results cannot be fetched now, or what the ledger throws.
    @discardableResult
    func take(_ object: StoredObjectText, of batch: StoredBatch, _ source: BatchSource) async throws -> Bool {
        guard object.id == batch.upstreamID, let status = object.status, BatchResults.ends.contains(status) else {
            try await ledger.note(object.json, of: batch)
            return false
        }
        let end = try await BatchResults.end(of: batch, object, status: status, source)
        if try await ledger.settle(batch, end) {
            logger.info(
                "batch settled",
                metadata: ["request": "\(batch.requestID.text)", "status": "\(end.status)", "lines": "\(end.answered)"])
        }
        return true
    }
}

/// Where a batch's results are fetched.
struct BatchSource: Sendable {
    let provider: ProviderRecord
    let credential: CredentialRecord?
    let loop: GatewayLoop

    /// Asks for something small.
    ///
    /// - Returns: the answer's status and body.
    /// - Throws: `UpstreamExchange.Failure`.
    func object(_ path: String) async throws -> (status: Int, body: ByteBuffer) {
        let collected = CollectedBody(limit: GatewayLimits.storedObjectBytes)
        let status = try await UpstreamExchange.run(
            request(path, timeoutMillis: GatewayLimits.batchLookMillis), on: loop
        ) { _, bytes in collected.append(bytes) }
        return (status, collected.body)
    }

    /// Reads a file's content as it comes.
    ///
    /// - Returns: the answer's status.
    /// - Throws: `UpstreamExchange.Failure`.
    func content(_ fileID: String, into tally: BatchTally) async throws -> Int {
        try await UpstreamExchange.run(
            request("/files/\(fileID)/content", timeoutMillis: GatewayLimits.batchFetchMillis), on: loop
        ) { status, bytes in
            if (200..<300).contains(status) { tally.read(bytes) }
            return true
        }
    }

    private func request(_ path: String, timeoutMillis: Int64) -> UpstreamExchange.Request {
        UpstreamExchange.Request(
            provider: provider, credential: credential, line: PassedLine(stored: "GET", path),
            timeoutMillis: timeoutMillis)
    }
}

/// A small body while it comes. `@unchecked Sendable`: one exchange fills it on its loop, and it is read after that.
private final class CollectedBody: @unchecked Sendable {
    private(set) var body = ByteBuffer()
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// False when it would be too large.
    func append(_ bytes: ByteBuffer) -> Bool {
        guard body.readableBytes + bytes.readableBytes <= limit else { return false }
        body.writeImmutableBuffer(bytes)
        return true
    }
}
