package import TollbookCore
package import TollbookLedger

/// What the control plane stands on; made once by whoever runs the server.
package struct ControlServices: Sendable {
    let version: String
    let ledger: Ledger
    let clock: any WallClock
    let token: OwnerToken
    let readers: ReadPool
    let recorder: AuditRecorder
    let refusals: RefusalBook
    let spool: ExportSpool
    /// Why the gateway is not ready, in order; empty: it is.
    let readiness: @Sendable () -> [ReadinessFault]
    /// The page of metrics.
    let metrics: @Sendable (_ controlRefusals: UInt64) async -> String

    /// - Parameters:
    ///   - version: of the binary, for manifests.
    ///   - token: the owner's.
    ///   - readers: stays the caller's, who shuts it down after the server.
    ///   - metrics: makes the page; is given what only the control plane counts.
    package init(
        version: String, ledger: Ledger, clock: any WallClock, token: OwnerToken, readers: ReadPool,
        refusals: RefusalBook,
        readiness: @escaping @Sendable () -> [ReadinessFault],
        metrics: @escaping @Sendable (_ controlRefusals: UInt64) async -> String
    ) {
        self.version = version
        self.ledger = ledger
        self.clock = clock
        self.token = token
        self.readers = readers
        self.refusals = refusals
        self.readiness = readiness
        self.metrics = metrics
        recorder = AuditRecorder(ledger: ledger)
        spool = ExportSpool(directory: ledger.directory.exports)
    }
}
