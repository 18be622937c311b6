internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Inserting the rows of calls. Within one command the tables come in the order of their names, and the rows of a
/// table in the order of their keys: the leaf is encoded as they are inserted. `flushRows()` stores them at the latest.
extension LedgerWriter {
    func insert(request: OpenRequest) throws {
        let endUser = try subject(.endUser, request.endUser)
        let address = try subject(.address, request.address)
        try tables.request.insert { columns in
            columns.add(request.id.rawValue)
            columns.add(journal.nextIndex)
            columns.add(request.acceptedMicros)
            columns.add(request.key.organizationID)
            columns.add(request.key.teamID)
            columns.add(request.key.project.id)
            columns.add(request.key.applicationID)
            columns.add(request.key.id)
            columns.add(request.key.userSubjectID)
            columns.add(endUser)
            columns.add(address)
            columns.add(request.interaction.map(Bounded.text))
            columns.addNull()
            columns.add(RequestOrigin.client.rawValue)
            columns.add(request.tags.map(Bounded.text))
            columns.add(request.endpoint.rawValue)
            columns.add(request.dialect.rawValue)
            columns.add(request.route.id)
            columns.add(request.isStream)
            columns.add(request.bodyBytes)
            columns.add(request.bodyHash)
            columns.add(request.estimatedInputTokens)
            columns.add(request.heldOutputTokens)
            columns.add(request.revision)
            columns.add(request.traceID)
        }
    }

    func insert(decisions: [Decision], of id: RequestID, firstOrdinal: Int) throws {
        let index = journal.nextIndex
        for (position, decision) in decisions.enumerated() {
            try tables.decision.insert { columns in
                columns.add(id.rawValue)
                columns.add(firstOrdinal + position)
                columns.add(index)
                columns.add(decision.stage.rawValue)
                columns.add(decision.policyKind.rawValue)
                columns.add(decision.policyID)
                columns.add(decision.policyVersion)
                columns.add(decision.verdict.rawValue)
                columns.add(decision.mode.rawValue)
                columns.add(decision.reason.rawValue)
                columns.add(decision.figures?.limit)
                columns.add(decision.figures?.spent)
                columns.add(decision.figures?.held)
                columns.add(decision.figures?.asked)
                columns.add(decision.deploymentID)
                columns.add(decision.detail)
            }
        }
    }

    func insert(attempts: [AttemptRow], of id: RequestID) throws {
        let index = journal.nextIndex
        for (position, attempt) in attempts.enumerated() {
            try tables.attempt.insert { columns in
                let record = attempt.record
                columns.add(id.rawValue)
                columns.add(position)
                columns.add(index)
                columns.add(attempt.deploymentID)
                columns.add(attempt.providerID)
                columns.add(attempt.credentialID)
                columns.add(attempt.region)
                columns.add(attempt.region == nil ? nil : RegionBasis.declared.rawValue)
                columns.add(record.servedModel)
                columns.add(record.upstreamRequestID)
                columns.add(record.startedMicros)
                columns.add(record.headAfterMicros)
                columns.add(record.firstTokenAfterMicros)
                columns.add(record.endedAfterMicros)
                columns.add(record.status)
                columns.add(record.errorClass?.rawValue)
                columns.add(record.wasDispatched)
                columns.add(record.rawUsage)
            }
        }
    }

    func insert(outcome: OutcomeRow) throws {
        try tables.outcome.insert { columns in
            columns.add(outcome.requestID.rawValue)
            columns.add(journal.nextIndex)
            columns.add(outcome.endedMicros)
            columns.add(outcome.status)
            columns.add(outcome.endReason.rawValue)
            columns.add(outcome.total?.nano)
            columns.add(outcome.currency)
            columns.add(outcome.openedAfterMicros)
            columns.add(outcome.caveat?.rawValue)
        }
    }

    func insert(charges: [ChargeRow], of id: RequestID, origin: ChargeOrigin) throws {
        let index = journal.nextIndex
        for (position, charge) in charges.enumerated() {
            try tables.charge.insert { columns in
                columns.add(id.rawValue)
                columns.add(position)
                columns.add(index)
                columns.add(charge.attemptOrdinal)
                columns.add(charge.line.meter.rawValue)
                columns.add(charge.line.quantity)
                columns.add(charge.line.priceID)
                columns.add(charge.line.amount?.nano)
                columns.add(charge.line.currency)
                columns.add(charge.line.source.rawValue)
                columns.add(origin.rawValue)
                columns.add(ChargeKind.usage.rawValue)
                columns.addNull()
                columns.addNull()
                columns.add(charge.usageAtMicros)
                columns.add(PostingPeriod.containing(nowMicros))
            }
        }
    }

    func insert(transfers: [TransferRow], of id: RequestID, firstOrdinal: Int) throws {
        let index = journal.nextIndex
        for (position, transfer) in transfers.enumerated() {
            try tables.transfer.insert { columns in
                columns.add(id.rawValue)
                columns.add(firstOrdinal + position)
                columns.add(index)
                columns.add(transfer.kind.rawValue)
                columns.add(transfer.code.rawValue)
                columns.add(transfer.debitAccountID)
                columns.add(transfer.creditAccountID)
                columns.add(transfer.amountNano)
                columns.add(transfer.chargeOrdinal)
            }
        }
    }

    func insert(upload: UploadRecord, of id: RequestID) throws {
        try tables.upload.insert { columns in
            columns.add(id.rawValue)
            columns.add(journal.nextIndex)
            columns.add(upload.bodyBytes)
            columns.add(upload.bodyHash)
            columns.add(upload.isWhole)
        }
    }

    /// The account's id; a row is made on first need, before the rows that point at it.
    func account(_ kind: AccountKind, ownerID: Int64, currency: String) throws -> Int64 {
        let account = AccountBook.Account(kind: kind, ownerID: ownerID, currency: currency)
        if let id = accounts.id(of: account) { return id }
        if let made = effects.accounts.first(where: { $0.account == account }) { return made.id }
        let id = accounts.nextID + Int64(effects.accounts.count)
        try tables.account.insert { columns in
            columns.add(id)
            columns.add(journal.nextIndex)
            columns.add(kind.rawValue)
            columns.add(ownerID)
            columns.add(currency)
        }
        try tables.account.flush()
        effects.add(account: account, id: id)
        return id
    }

    /// A transfer, and its effect on the balances.
    func transfer(
        _ kind: TransferKind, _ code: TransferCode, debit: Int64, credit: Int64, amountNano: Int64,
        chargeOrdinal: Int64?
    ) -> TransferRow {
        let (pending, posted): (Int64, Int64) =
            switch kind {
            case .pending: (amountNano, 0)
            case .post: (-amountNano, amountNano)
            case .void: (-amountNano, 0)
            case .single: (0, amountNano)
            }
        effects.add(
            AccountBook.Movement(
                debitAccountID: debit, creditAccountID: credit, pendingNano: pending, postedNano: posted))
        return TransferRow(
            kind: kind, code: code, debitAccountID: debit, creditAccountID: credit, amountNano: amountNano,
            chargeOrdinal: chargeOrdinal)
    }

    func appendJournal(_ kind: JournalKind, context: RequestContext) throws {
        try journal.append(
            kind: kind, timeMicros: nowMicros, organizationID: context.organizationID,
            objectID: context.id.rawValue, leaf: leaf)
    }

    private func subject(_ kind: SubjectKind, _ value: String?) throws -> Int64? {
        guard let value, !value.isEmpty else { return nil }
        return try subjects.id(
            kind: kind, value: Bounded.text(value), nowMicros: nowMicros, connection: connection)
    }
}

/// A charge with the attempt that it belongs to.
struct ChargeRow {
    let attemptOrdinal: Int64
    let usageAtMicros: Int64
    let line: ChargeLine

    /// What is owed for it; 0: nothing, or unpriced.
    var payableNano: Int64 { max(0, line.amount?.nano ?? 0) }
}
