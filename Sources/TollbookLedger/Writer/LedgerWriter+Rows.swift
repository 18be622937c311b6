internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Inserting the rows of calls. Within one command the tables come in the order of their names, and the rows of a
/// table in the order of their keys: the leaf is encoded as they are inserted.
extension LedgerWriter {
    func insert(request: OpenRequest) throws {
        let endUser = try subject(.endUser, request.endUser)
        let address = try subject(.address, request.address)
        try tables.request.insert { columns throws(SQLiteError) in
            try columns.add(request.id.rawValue)
            try columns.add(journal.nextIndex)
            try columns.add(request.acceptedMicros)
            try columns.add(request.key.organizationID)
            try columns.add(request.key.teamID)
            try columns.add(request.key.project.id)
            try columns.add(request.key.applicationID)
            try columns.add(request.key.id)
            try columns.add(request.key.userSubjectID)
            try columns.add(endUser)
            try columns.add(address)
            try columns.add(request.interaction.map(Bounded.text))
            try columns.addNull()
            try columns.add(RequestOrigin.client.rawValue)
            try columns.add(request.tags.map(Bounded.text))
            try columns.add(request.endpoint.rawValue)
            try columns.add(request.dialect.rawValue)
            try columns.add(request.route.id)
            try columns.add(request.isStream)
            try columns.add(request.bodyBytes)
            try columns.add(request.bodyHash)
            try columns.add(request.estimatedInputTokens)
            try columns.add(request.heldOutputTokens)
            try columns.add(request.revision)
            try columns.add(request.traceID)
        }
    }

    func insert(decisions: [Decision], of id: RequestID, firstOrdinal: Int) throws {
        let index = journal.nextIndex
        try tables.decision.insert(decisions) { decision, position, columns throws(SQLiteError) in
            try columns.add(id.rawValue)
            try columns.add(firstOrdinal + position)
            try columns.add(index)
            try columns.add(decision.stage.rawValue)
            try columns.add(decision.policyKind.rawValue)
            try columns.add(decision.policyID)
            try columns.add(decision.policyVersion)
            try columns.add(decision.verdict.rawValue)
            try columns.add(decision.mode.rawValue)
            try columns.add(decision.reason.rawValue)
            try columns.add(decision.figures?.limit.nano)
            try columns.add(decision.figures?.spent.nano)
            try columns.add(decision.figures?.held.nano)
            try columns.add(decision.figures?.asked.nano)
            try columns.add(decision.deploymentID)
            try columns.add(decision.detail)
        }
    }

    func insert(attempts: [AttemptRow], of id: RequestID) throws {
        let index = journal.nextIndex
        try tables.attempt.insert(attempts) { attempt, position, columns throws(SQLiteError) in
            let record = attempt.record
            try columns.add(id.rawValue)
            try columns.add(position)
            try columns.add(index)
            try columns.add(attempt.deploymentID)
            try columns.add(attempt.providerID)
            try columns.add(attempt.credentialID)
            try columns.add(attempt.region)
            try columns.add(attempt.region == nil ? nil : RegionBasis.declared.rawValue)
            try columns.add(record.servedModel)
            try columns.add(record.upstreamRequestID)
            try columns.add(record.startedMicros)
            try columns.add(record.headAfterMicros)
            try columns.add(record.firstTokenAfterMicros)
            try columns.add(record.endedAfterMicros)
            try columns.add(record.status)
            try columns.add(record.errorClass?.rawValue)
            try columns.add(record.wasDispatched)
            try columns.add(record.rawUsage)
        }
    }

    func insert(outcome: OutcomeRow) throws {
        try tables.outcome.insert { columns throws(SQLiteError) in
            try columns.add(outcome.requestID.rawValue)
            try columns.add(journal.nextIndex)
            try columns.add(outcome.endedMicros)
            try columns.add(outcome.status)
            try columns.add(outcome.endReason.rawValue)
            try columns.add(outcome.total?.nano)
            try columns.add(outcome.currency)
            try columns.add(outcome.openedAfterMicros)
            try columns.add(outcome.caveat?.rawValue)
        }
    }

    func insert(charges: [ChargeRow], of id: RequestID) throws {
        let index = journal.nextIndex
        try tables.charge.insert(charges) { charge, position, columns throws(SQLiteError) in
            try columns.add(id.rawValue)
            try columns.add(position)
            try columns.add(index)
            try columns.add(charge.attemptOrdinal)
            try columns.add(charge.line.meter.rawValue)
            try columns.add(charge.line.quantity)
            try columns.add(charge.line.priceID)
            try columns.add(charge.line.amount?.nano)
            try columns.add(charge.line.currency)
            try columns.add(charge.line.source.rawValue)
            try columns.add(ChargeOrigin.request.rawValue)
            try columns.add(ChargeKind.usage.rawValue)
            try columns.addNull()
            try columns.addNull()
            try columns.add(charge.usageAtMicros)
            try columns.add(PostingPeriod.containing(nowMicros))
        }
    }

    func insert(transfers: [TransferRow], of id: RequestID, firstOrdinal: Int) throws {
        let index = journal.nextIndex
        try tables.transfer.insert(transfers) { transfer, position, columns throws(SQLiteError) in
            try columns.add(id.rawValue)
            try columns.add(firstOrdinal + position)
            try columns.add(index)
            try columns.add(transfer.kind.rawValue)
            try columns.add(transfer.code.rawValue)
            try columns.add(transfer.debitAccountID)
            try columns.add(transfer.creditAccountID)
            try columns.add(transfer.amountNano)
            try columns.add(transfer.chargeOrdinal)
        }
    }

    /// The account's id; a row is made on first need, before the rows that point at it.
    func account(_ kind: AccountKind, ownerID: Int64, currency: String) throws -> Int64 {
        let account = AccountBook.Account(kind: kind, ownerID: ownerID, currency: currency)
        if let id = accounts.id(of: account) { return id }
        if let made = effects.accounts.first(where: { $0.account == account }) { return made.id }
        let id = accounts.nextID + Int64(effects.accounts.count)
        try tables.account.insert { columns throws(SQLiteError) in
            try columns.add(id)
            try columns.add(journal.nextIndex)
            try columns.add(kind.rawValue)
            try columns.add(ownerID)
            try columns.add(currency)
        }
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
