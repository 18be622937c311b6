internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Input and output tokens, apart because limits may count either.
struct TokenCounts: Equatable {
    var input: Int64 = 0
    var output: Int64 = 0

    /// At most `LedgerLimits.heldTokens`: what a hostile maximum asks for must not overflow a sum.
    var total: Int64 {
        let (sum, overflow) = input.addingReportingOverflow(output)
        return overflow ? LedgerLimits.heldTokens : min(sum, LedgerLimits.heldTokens)
    }
}

/// Every open rate limit with what it counts, in memory: a check costs no query and takes no lock.
///
/// It is the writer's alone, so that no two calls can take the same room. Nothing of it is stored: what it counts is
/// read from the calls' own rows when the ledger opens, when a limit is new, and after a batch that failed.
final class RateLimitBook {
    /// A quota with what was counted for it.
    struct Counter {
        let quota: RateQuota
        var window: RateWindow
    }

    final class Entry: Limited {
        let record: RateLimitRecord
        fileprivate(set) var counters: [Counter]
        fileprivate(set) var concurrent: Int64 = 0

        var reach: LimitReach { record.reach }

        init(record: RateLimitRecord) {
            self.record = record
            counters = record.quotas.map { Counter(quota: $0, window: RateWindow($0.kind.span)) }
        }

        /// Takes over what the same calls counted before; false: a quota of a new kind has nothing to take over.
        fileprivate func adopt(_ old: Entry) -> Bool {
            var isWhole = true
            for index in counters.indices {
                if let counter = old.counters.first(where: { $0.quota.kind == counters[index].quota.kind }) {
                    counters[index].window = counter.window
                } else {
                    isWhole = false
                }
            }
            concurrent = old.concurrent
            return isWhole
        }
    }

    /// What a call does to the limits that it counts under.
    struct Change {
        let entries: [Entry]
        /// The call's acceptance.
        let atMicros: Int64
        var requests: Int64 = 0
        var tokens = TokenCounts()
        var concurrent: Int64 = 0

        fileprivate func amount(_ count: RateCount) -> Int64 {
            switch count {
            case .requests: requests
            case .tokens: tokens.total
            case .inputTokens: tokens.input
            case .outputTokens: tokens.output
            }
        }
    }

    private(set) var entries: [Entry] = []
    private var index = ScopeIndex<Entry>([])

    /// What of a request decides which limits it counts under.
    var parts: RequestParts { index.parts }

    /// The longest time that a limit looks back.
    var longestMicros: Int64 {
        entries.flatMap(\.counters).map(\.window.keptMicros).max() ?? 0
    }

    /// Takes over a new governance state. Limits that count the same as before go on with what they have counted;
    /// true: there are others, and `RateRecount` must count them.
    func load(_ records: [RateLimitRecord]) -> Bool {
        let before = Dictionary(entries.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        var hasNew = false
        entries = records.map { record in
            let entry = Entry(record: record)
            guard let old = before[record.id], old.reach.matchesTheSame(as: record.reach), entry.adopt(old) else {
                hasNew = true
                return entry
            }
            return entry
        }
        index = ScopeIndex(entries)
        return hasNew
    }

    /// Forgets what was counted, before it is counted anew.
    func empty() {
        for entry in entries {
            for index in entry.counters.indices {
                entry.counters[index].window = RateWindow(entry.counters[index].quota.kind.span)
            }
            entry.concurrent = 0
        }
    }

    /// The open limits that a call counts under, from the widest scope to the narrowest.
    func applicable(to scopes: @autoclosure () -> RequestScopes) -> [Entry] {
        entries.isEmpty ? [] : index.entries(of: scopes())
    }

    /// Brings the windows of these entries to the time of a check.
    func move(_ entries: [Entry], toMicros micros: Int64) {
        for entry in entries {
            for index in entry.counters.indices { entry.counters[index].window.move(toMicros: micros) }
        }
    }

    func apply(_ change: Change) {
        for entry in change.entries {
            for index in entry.counters.indices {
                let amount = change.amount(entry.counters[index].quota.kind.count)
                if amount != 0 { entry.counters[index].window.add(amount, atMicros: change.atMicros) }
            }
            entry.concurrent += change.concurrent
        }
    }

    /// Tokens that a call takes of limits when it is opened; its settlement puts what was used in their place.
    ///
    /// The answer's limit counts up to a bound only: callers leave it out, and the most that a model can write is
    /// seldom what it writes.
    static func reservedTokens(
        estimatedInputTokens: Int64, heldOutputTokens: Int64, isBatch: Bool
    ) -> TokenCounts {
        guard !isBatch else { return TokenCounts() }
        return TokenCounts(
            input: estimatedInputTokens, output: min(heldOutputTokens, LedgerLimits.reservedOutputTokens))
    }
}
