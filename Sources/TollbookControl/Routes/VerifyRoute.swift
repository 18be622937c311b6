internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
internal import TollbookCore
internal import TollbookLedger
internal import TollbookReports

/// `POST /api/v1/verify`: recomputes the ledger. One at a time, because it reads every row.
final class VerifyRoute: Sendable {
    private let services: ControlServices
    private let isRunning = Mutex(false)

    init(services: ControlServices) {
        self.services = services
    }

    func add(to api: RouterGroup<ControlContext>) {
        api.post("verify") { [self] request, context in
            let items = try request.query(["format"])
            let format = try ReportFormat(query: items["format"])
            let result = try await verify()
            try await record(result, address: context.callerAddress)
            return Self.response(result, format)
        }
    }

    private func verify() async throws -> VerifyResult {
        let isFree = isRunning.withLock { running in
            defer { running = true }
            return !running
        }
        guard isFree else {
            throw TollbookError(
                .readersBusy, "a verification is running already", hint: "try again when it is done")
        }
        defer { isRunning.withLock { $0 = false } }
        let path = services.ledger.directory.database
        let stop = StopFlag()
        return try await withTaskCancellationHandler {
            try await services.readers.run {
                let connection = try LedgerConnection.openReader(path: path)
                return try Verify.run(connection) { _ in try stop.check() }
            }
        } onCancel: {
            stop.raise()
        }
    }

    private func record(_ result: VerifyResult, address: String?) async throws {
        let detail = ReportJSON.members([
            "clean": .bool(result.isClean), "findings": .integer(Int64(result.findings.count)),
            "head_index": .integer(result.headIndex),
        ])
        try await services.recorder.record(.init(.ledgerVerify, detail: detail.compactText, address: address))
    }

    private static func response(_ result: VerifyResult, _ format: ReportFormat) -> Response {
        let text = format == .json ? result.json.with(recorded: true).text : result.text
        let mediaType = format == .json ? format.mediaType : ReportFormat.table.mediaType
        var response = Response.text(text, mediaType: mediaType)
        if let name = HTTPField.Name(ControlHeader.clean) { response.headers[name] = String(result.isClean) }
        return response
    }
}

/// Tells a job on another thread to end.
private final class StopFlag: Sendable {
    private let isRaised = Atomic(false)

    func raise() {
        isRaised.store(true, ordering: .relaxed)
    }

    /// - Throws: `CancellationError` once raised.
    func check() throws {
        if isRaised.load(ordering: .relaxed) { throw CancellationError() }
    }
}
