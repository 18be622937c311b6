internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Every open rate limit with what it counts, in memory: a check costs no query and takes no lock.
///
/// It is the writer's alone, so that no two calls can take the same room. Nothing of it is stored: what it counts is
/// read from the calls' own rows when the ledger opens, when a limit is new, and after a batch that failed.
final class RateLimitBook {
    final class Entry {
        let record: RateLimitRecord
        fileprivate(set) var requests = MinuteWindow()
        fileprivate(set) var tokens = MinuteWindow()
        fileprivate(set) var concurrent: Int64 = 0

        init(record: RateLimitRecord) {
            self.record = record
        }

        fileprivate func move(to second: Int64) {
            requests.move(to: second)
            tokens.move(to: second)
        }
    }

    /// What a call does to the limits that it counts under.
    struct Change {
        let entries: [Entry]
        /// The second of the call's acceptance, since 1970.
        let second: Int64
        var requests: Int64 = 0
        var tokens: Int64 = 0
        var concurrent: Int64 = 0
    }

    private(set) var entries: [Entry] = []
    private var index = ScopeIndex<Entry>([]) { BudgetBook.Scope(kind: $0.record.scopeKind, id: $0.record.scopeID) }

    /// Takes over a new governance state. Limits that count the same as before go on with what they have counted;
    /// true: there are others, and `RateRecount` must count them.
    func load(_ records: [RateLimitRecord]) -> Bool {
        let before = Dictionary(entries.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        var hasNew = false
        entries = records.map { record in
            let entry = Entry(record: record)
            guard let old = before[record.id], old.record.scopeKind == record.scopeKind,
                old.record.scopeID == record.scopeID
            else {
                hasNew = true
                return entry
            }
            entry.requests = old.requests
            entry.tokens = old.tokens
            entry.concurrent = old.concurrent
            return entry
        }
        index = ScopeIndex(entries) { .init(kind: $0.record.scopeKind, id: $0.record.scopeID) }
        return hasNew
    }

    /// Forgets what was counted, before it is counted anew.
    func empty() {
        for entry in entries {
            entry.requests = MinuteWindow()
            entry.tokens = MinuteWindow()
            entry.concurrent = 0
        }
    }

    /// The open limits that a call of this key counts under, from the widest scope to the narrowest.
    func applicable(to scopes: @autoclosure () -> RequestScopes) -> [Entry] {
        entries.isEmpty ? [] : index.entries(of: scopes())
    }

    /// Brings the windows of these entries to the time of a check.
    func move(_ entries: [Entry], to second: Int64) {
        for entry in entries { entry.move(to: second) }
    }

    func apply(_ change: Change) {
        for entry in change.entries {
            if change.requests != 0 { entry.requests.add(change.requests, at: change.second) }
            if change.tokens != 0 { entry.tokens.add(change.tokens, at: change.second) }
            entry.concurrent += change.concurrent
        }
    }

    /// Tokens that a call takes of limits when it is opened; its settlement puts what was used in their place.
    ///
    /// The answer's limit counts up to a bound only: callers leave it out, and the most that a model can write is
    /// seldom what it writes.
    static func reservedTokens(estimatedInputTokens: Int64, heldOutputTokens: Int64, isBatch: Bool) -> Int64 {
        isBatch ? 0 : estimatedInputTokens + min(heldOutputTokens, LedgerLimits.reservedOutputTokens)
    }
}
