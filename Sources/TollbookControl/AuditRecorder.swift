internal import SQLite
internal import TollbookCore
package import TollbookLedger

/// Appends audit events of the control plane to the ledger: what was read, by whom, as a journal row of its own.
package struct AuditRecorder: Sendable {
    /// The principal that every ledger begins with; the owner's token acts as it.
    package static let ownerID: Int64 = 1

    /// One audit event.
    package struct Event: Sendable {
        /// A documented, dotted verb; see `AuditAction`.
        package let action: AuditAction
        package var objectKind: String?
        package var objectID: Int64?
        package var isSuccess = true
        /// Whether the owner did it; false: somebody without a token.
        package var isOwner = true
        /// A JSON object; no secrets, no personal data.
        package var detail: String?
        /// The network address that it came from; nil: this machine. Becomes a subject.
        package var address: String?

        package init(
            _ action: AuditAction, objectKind: String? = nil, objectID: Int64? = nil, isSuccess: Bool = true,
            isOwner: Bool = true, detail: String? = nil, address: String? = nil
        ) {
            self.action = action
            self.objectKind = objectKind
            self.objectID = objectID
            self.isSuccess = isSuccess
            self.isOwner = isOwner
            self.detail = detail
            self.address = address
        }
    }

    private let ledger: Ledger

    package init(ledger: Ledger) {
        self.ledger = ledger
    }

    /// Appends the event; its journal index once it is durable.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`; then nothing was recorded.
    @discardableResult
    package func record(_ event: Event) async throws -> Int64 {
        try await ledger.administer(.event, organizationID: nil) { transaction in
            try event.insert(transaction)
            return transaction.logIndex
        }
    }
}

extension AuditRecorder.Event {
    /// Adds the event to a command.
    func insert(_ transaction: LedgerTransaction) throws {
        let subject = try address.map { try transaction.subjectID(kind: .address, value: $0) }
        try transaction.insert(
            .event,
            [
                .integer(transaction.logIndex), 0, .integer(transaction.nowMicros),
                isOwner ? .integer(AuditRecorder.ownerID) : .null, .text(action.rawValue),
                objectKind.map { .text($0) } ?? .null, objectID.map { .integer($0) } ?? .null,
                isSuccess ? "success" : "failure", detail.map { .text($0) } ?? .null,
                subject.map { .integer($0) } ?? .null,
            ])
    }
}

/// The actions that the control plane records; the raw value is `event.action`.
package enum AuditAction: String, CaseIterable, Sendable {
    /// A spend report was read.
    case reportRead = "report.read"
    /// The story of one request was read.
    case explanationRead = "explanation.read"
    /// Events were read, or are followed from an index on.
    case eventsRead = "events.read"
    /// An export was made.
    case exportMake = "export.make"
    /// The ledger was verified.
    case ledgerVerify = "ledger.verify"
    /// A free query was run.
    case queryRun = "query.run"
    /// A request of the control plane came without the owner's token.
    case accessRefuse = "access.refuse"
    /// The gateway saw the wall clock step by more than a second; `detail` has `step_micros`, negative: back.
    case clockStep = "clock.step"
}
