internal import SQLite
internal import TollbookCore

/// Adds up transfers by account and compares the sums with `account_balance`.
struct AccountTally {
    private struct Balance: Equatable {
        var debitsPending: Int64? = 0
        var debitsPosted: Int64? = 0
        var creditsPending: Int64? = 0
        var creditsPosted: Int64? = 0
    }

    private var balances: [Int64: Balance] = [:]

    mutating func add(_ transfers: [StoredCall.Transfer]) {
        for transfer in transfers {
            let amount = transfer.amountNano
            let (pending, posted): (Int64, Int64) =
                switch TransferKind(rawValue: Int(truncatingIfNeeded: transfer.kind)) {
                case .pending: (amount, 0)
                case .post: (0 &- amount, amount)
                case .void: (0 &- amount, 0)
                case .single: (0, amount)
                case nil: (0, 0)
                }
            add(debit: transfer.debitAccountID, pending: pending, posted: posted)
            add(credit: transfer.creditAccountID, pending: pending, posted: posted)
        }
    }

    private mutating func add(debit id: Int64, pending: Int64, posted: Int64) {
        var balance = balances[id] ?? Balance()
        balance.debitsPending = CheckedSum.adding(balance.debitsPending, pending)
        balance.debitsPosted = CheckedSum.adding(balance.debitsPosted, posted)
        balances[id] = balance
    }

    private mutating func add(credit id: Int64, pending: Int64, posted: Int64) {
        var balance = balances[id] ?? Balance()
        balance.creditsPending = CheckedSum.adding(balance.creditsPending, pending)
        balance.creditsPosted = CheckedSum.adding(balance.creditsPosted, posted)
        balances[id] = balance
    }

    /// A row that is missing counts as zeros.
    mutating func compare(_ connection: Connection, _ log: FindingLog) throws {
        let row = try connection.prepare(
            """
            SELECT account_id, debits_pending_nano, debits_posted_nano, credits_pending_nano, credits_posted_nano
            FROM account_balance ORDER BY account_id
            """)
        while !log.isFull, try row.step() {
            let found = Balance(
                debitsPending: row.int64(at: 1), debitsPosted: row.int64(at: 2), creditsPending: row.int64(at: 3),
                creditsPosted: row.int64(at: 4))
            let id = row.int64(at: 0)
            if balances.removeValue(forKey: id) ?? Balance() != found {
                log.add(.derived, "account_balance", "\(id)", "it is not the sum of the account's transfers")
            }
        }
        for (id, balance) in balances.sorted(by: { $0.key < $1.key }) where balance != Balance() {
            log.add(.derived, "account_balance", "\(id)", "the account has transfers and no balance")
        }
    }
}
