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
        /// Changed since the last flush.
        var isMoved = false
    }

    /// Accounts of one kind and owner: as many as the owner has currencies.
    private struct Owner: Hashable {
        let kind: AccountKind
        let ownerID: Int64
    }

    private var ids: [Owner: [(currency: String, id: Int64)]] = [:]
    private(set) var nextID: Int64 = 1
    /// By account id, which is dense; reset when written.
    private var movements: [Balance] = []
    /// The accounts that the batch moved, each once.
    private var moved: [Int64] = []

    init(connection: Connection) throws {
        try connection.prepare("SELECT id, kind, owner_id, currency FROM account").forEachRow { row in
            guard let kind = AccountKind(rawValue: row.int(at: 1)) else { return }
            add(Account(kind: kind, ownerID: row.int64(at: 2), currency: row.string(at: 3)), id: row.int64(at: 0))
        }
    }

    /// The id of an account that exists.
    func id(of account: Account) -> Int64? {
        ids[Owner(kind: account.kind, ownerID: account.ownerID)]?.first { $0.currency == account.currency }?.id
    }

    /// Remembers accounts that a command made, once the command has succeeded.
    mutating func adopt(_ made: [(account: Account, id: Int64)]) {
        for (account, id) in made { add(account, id: id) }
    }

    /// Adds to the two accounts of a transfer, which exist.
    mutating func add(_ movement: Movement) {
        change(movement.debitAccountID) {
            $0.debitsPending += movement.pendingNano
            $0.debitsPosted += movement.postedNano
        }
        change(movement.creditAccountID) {
            $0.creditsPending += movement.pendingNano
            $0.creditsPosted += movement.postedNano
        }
    }

    private mutating func add(_ account: Account, id: Int64) {
        ids[Owner(kind: account.kind, ownerID: account.ownerID), default: []].append((account.currency, id))
        nextID = max(nextID, id + 1)
    }

    private mutating func change(_ id: Int64, _ body: (inout Balance) -> Void) {
        let index = Int(id)
        if index >= movements.count {
            movements.append(contentsOf: repeatElement(Balance(), count: index + 1 - movements.count))
        }
        if !movements[index].isMoved {
            movements[index].isMoved = true
            moved.append(id)
        }
        body(&movements[index])
    }

    /// Writes the batch's movements. Overflow becomes REAL in SQLite, which a STRICT column refuses.
    mutating func flush(_ connection: Connection) throws {
        guard !moved.isEmpty else { return }
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
        for id in moved {
            let balance = movements[Int(id)]
            try statement.bind(id, at: 1)
            try statement.bind(balance.debitsPending, at: 2)
            try statement.bind(balance.debitsPosted, at: 3)
            try statement.bind(balance.creditsPending, at: 4)
            try statement.bind(balance.creditsPosted, at: 5)
            try statement.run()
            movements[Int(id)] = Balance()
        }
        moved.removeAll(keepingCapacity: true)
    }
}
