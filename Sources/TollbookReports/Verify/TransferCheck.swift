internal import TollbookCore

/// Checks the double entry of one request: pending = posted + voided, a transfer for each charge, the right accounts.
struct TransferCheck {
    let call: StoredCall
    let request: StoredCall.Request
    let references: ReferenceBook
    let log: FindingLog

    func run() {
        for (position, transfer) in call.transfers.enumerated() {
            if transfer.ordinal != Int64(position) {
                return found(transfer, "ordinal \(position) is missing before it")
            }
            checkAccounts(transfer)
        }
        checkBalance()
        checkCharges()
        checkHold()
    }

    private func found(_ transfer: StoredCall.Transfer, _ message: String) {
        log.add(.transfer, "transfer", "\(call.text)/\(transfer.ordinal)", at: transfer.logIndex, message)
    }

    private func isKind(_ transfer: StoredCall.Transfer, _ kind: TransferKind) -> Bool {
        transfer.kind == Int64(kind.rawValue)
    }

    /// Debit the project's expense, credit a provider's payable, in one currency: so each transfer balances, and with
    /// it the ledger, currency by currency.
    private func checkAccounts(_ transfer: StoredCall.Transfer) {
        guard transfer.amountNano > 0 else { return found(transfer, "its amount is not above zero") }
        guard let debit = references.accounts[transfer.debitAccountID],
            let credit = references.accounts[transfer.creditAccountID]
        else { return found(transfer, "one of its accounts is not there") }
        if debit.currency != credit.currency { found(transfer, "its accounts have two currencies") }
        if debit.kind != Int64(AccountKind.projectExpense.rawValue) || debit.ownerID != request.projectID {
            found(transfer, "it does not debit its project's expense")
        }
        if credit.kind != Int64(AccountKind.providerPayable.rawValue) || !references.has(.provider, credit.ownerID) {
            found(transfer, "it does not credit a provider's payable")
        }
    }

    /// Posts and voids never pass what is pending, and after the settlement nothing is left.
    private func checkBalance() {
        var pending: Int64? = 0
        for transfer in call.transfers {
            if isKind(transfer, .pending) { pending = CheckedSum.adding(pending, transfer.amountNano) }
            if isKind(transfer, .post) || isKind(transfer, .void) {
                pending = CheckedSum.adding(pending, 0 - max(0, transfer.amountNano))
                if call.outcome == nil { found(transfer, "it moves a hold of a request without an outcome") }
            }
            guard let left = pending, left >= 0 else {
                return found(transfer, "more is posted and voided than was pending")
            }
        }
        guard call.outcome != nil, pending != 0 else { return }
        log.add(
            .transfer, "transfer", call.text, at: call.outcome?.logIndex,
            "pending transfers are not used up by the settlement")
    }

    /// Every charge with an amount has exactly one transfer, of that amount, to its attempt's provider.
    private func checkCharges() {
        for transfer in call.transfers where transfer.chargeOrdinal != nil {
            let isCharge = transfer.code == Int64(TransferCode.charge.rawValue)
            guard isKind(transfer, .post) || isKind(transfer, .single), isCharge else {
                found(transfer, "it names a charge and is no posting")
                continue
            }
            guard let charge = call.charges.first(where: { $0.ordinal == transfer.chargeOrdinal }) else {
                found(transfer, "its charge is not there")
                continue
            }
            checkPosting(transfer, charge)
        }
        for transfer in call.transfers
        where transfer.chargeOrdinal == nil && (isKind(transfer, .post) || isKind(transfer, .single)) {
            found(transfer, "it posts an amount and names no charge")
        }
        for charge in call.charges {
            let count = call.transfers.count { $0.chargeOrdinal == charge.ordinal }
            let wanted = (charge.amountNano ?? 0) == 0 ? 0 : 1
            guard count != wanted else { continue }
            log.add(
                .charge, "charge", "\(call.text)/\(charge.ordinal)", at: charge.logIndex,
                "it has \(count) transfers, not \(wanted)")
        }
    }

    private func checkPosting(_ transfer: StoredCall.Transfer, _ charge: StoredCall.Charge) {
        if transfer.amountNano != charge.amountNano { found(transfer, "its amount is not its charge's") }
        guard let credit = references.accounts[transfer.creditAccountID] else { return }
        if credit.currency != charge.currency { found(transfer, "its currency is not its charge's") }
        guard let attempt = call.attempt(charge.attemptOrdinal), attempt.providerID != credit.ownerID else { return }
        found(transfer, "it credits another provider than the charge's attempt used")
    }

    /// An open request holds what its pending transfers say.
    private func checkHold() {
        guard let hold = call.hold, call.outcome == nil else { return }
        var pending: Int64? = 0
        for transfer in call.transfers where isKind(transfer, .pending) {
            pending = CheckedSum.adding(pending, transfer.amountNano)
        }
        let currency = call.transfers.first.flatMap { references.accounts[$0.debitAccountID]?.currency }
        if (hold.amountNano ?? 0) != pending {
            log.add(
                .hold, "open_hold", call.text, at: request.logIndex, "it is not the sum of the pending transfers")
        }
        if let currency, hold.currency != currency {
            log.add(.hold, "open_hold", call.text, at: request.logIndex, "its currency is not the transfers'")
        }
    }
}
