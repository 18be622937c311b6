internal import SQLite
internal import TollbookCore

/// The chart of accounts and the balances that a batch changes. Used by the writer's thread only.
///
/// Commands add to the batch's movements; `flush` writes them once per account before COMMIT, so that a hundred
/// calls of one project cost one update.
struct AccountBook {
    struct Account: Hashable {
        let kind: AccountKind
        let ownerID: Int64
        let currency: String
    }

    /// What one transfer adds to its two accounts.
    struct Movement {
        let debitAccountID: Int64
        let creditAccountID: Int64
        let pendingNano: Int64
        let postedNano: Int64
    }

    private struct Balance {
        var debitsPending: Int64 = 0
        var debitsPosted: Int64 = 0
        var creditsPending: Int64 = 0
        var creditsPosted: Int64 = 0
    }

    private(set) var ids: [Account: Int64] = [:]
    private(set) var nextID: Int64 = 1
    private var movements: [Int64: Balance] = [:]

    init(connection: Connection) throws {
        try connection.prepare("SELECT id, kind, owner_id, currency FROM account").forEachRow { row in
            guard let kind = AccountKind(rawValue: row.int(at: 1)) else { return }
            ids[Account(kind: kind, ownerID: row.int64(at: 2), currency: row.string(at: 3))] = row.int64(at: 0)
            nextID = max(nextID, row.int64(at: 0) + 1)
        }
    }

    /// Remembers accounts that a command made, once the command has succeeded.
    mutating func adopt(_ made: [(account: Account, id: Int64)]) {
        for (account, id) in made {
            ids[account] = id
            nextID = max(nextID, id + 1)
        }
    }

    mutating func add(_ movement: Movement) {
        movements[movement.debitAccountID, default: Balance()].debitsPending += movement.pendingNano
        movements[movement.debitAccountID, default: Balance()].debitsPosted += movement.postedNano
        movements[movement.creditAccountID, default: Balance()].creditsPending += movement.pendingNano
        movements[movement.creditAccountID, default: Balance()].creditsPosted += movement.postedNano
    }

    /// Writes the batch's movements. Overflow becomes REAL in SQLite, which a STRICT column refuses.
    mutating func flush(_ connection: Connection) throws {
        guard !movements.isEmpty else { return }
        let statement = try connection.cached(
            """
            INSERT INTO account_balance (account_id, debits_pending_nano, debits_posted_nano, credits_pending_nano,
              credits_posted_nano)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account_id) DO UPDATE SET
              debits_pending_nano = debits_pending_nano + excluded.debits_pending_nano,
              debits_posted_nano = debits_posted_nano + excluded.debits_posted_nano,
              credits_pending_nano = credits_pending_nano + excluded.credits_pending_nano,
              credits_posted_nano = credits_posted_nano + excluded.credits_posted_nano
            """)
        for (id, balance) in movements {
            try statement.bind(id, at: 1)
            try statement.bind(balance.debitsPending, at: 2)
            try statement.bind(balance.debitsPosted, at: 3)
            try statement.bind(balance.creditsPending, at: 4)
            try statement.bind(balance.creditsPosted, at: 5)
            try statement.run()
        }
        movements.removeAll(keepingCapacity: true)
    }
}
