internal import Logging
internal import NIOCore
internal import NIOPosix
internal import TollbookControl
internal import TollbookCore
internal import TollbookGateway
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookSimulator

/// One run of the gateway, from the data directory's lock to its release.
///
/// Comes up from the inside out (ledger, governance file, simulated provider, data plane, control plane) and goes
/// down the other way round: no new calls, calls drained and settled, control plane off, ledger closed.
struct GatewayProcess: Sendable {
    let settings: ServeSettings

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Throws: what keeps it from starting: `GovernanceDocumentError`, `cannot_listen`, the ledger's errors.
    func run() async throws {
        LineLogHandler.install(format: settings.logFormat, level: settings.logLevel)
        let logger = Logger(label: "tollbook")
        let stop = StopSignals()
        FileLimit.raise()
        // Before the directory is touched: a file with mistakes changes nothing.
        let document = try settings.applyPath.map { try GovernanceFiles.read(path: $0) }
        let ledger = try await openLedger(logger)
        let result: Result<Void, any Error>
        do {
            result = .success(try await serve(ledger, document, stop: stop, logger: logger))
        } catch {
            result = .failure(error)
        }
        try await BlockingWork.run { ledger.shutdown() }
        try result.get()
    }

    private func openLedger(_ logger: Logger) async throws -> Ledger {
        var options = LedgerOptions()
        options.ballastBytes = settings.ballastBytes
        options.report = { LedgerLog.report($0, to: logger) }
        let (directory, chosen) = (settings.data, options)
        return try await BlockingWork.run {
            try Ledger.open(directory: directory, clock: SystemClock(), options: chosen)
        }
    }

    private func serve(
        _ ledger: Ledger, _ document: GovernanceDocument?, stop: StopSignals, logger: Logger
    ) async throws {
        let (token, isFirstStart) = try ledger.directory.readOrMakeOwnerToken()
        if let document {
            let check = try await BlockingWork.run { ProviderFileCheck(document) }
            guard check.problems.isEmpty else { throw GovernanceDocumentError(check.problems) }
            let receipt = try await ledger.apply(GovernanceChange(document, prune: false, author: .owner))
                .adding(notes: check.notes)
            logger.info(
                "Applied the governance file",
                metadata: ["revision": "\(receipt.revision)", "changes": "\(receipt.changes.count)"])
            for note in receipt.notes { logger.warning("Of the governance file: \(note)") }
        }
        let notes = isFirstStart ? ["owner token: \(ledger.directory.ownerToken)"] : []
        try await Listeners(settings: settings, ledger: ledger, token: OwnerToken(text: token), logger: logger)
            .run(notes: notes, until: stop)
    }
}
