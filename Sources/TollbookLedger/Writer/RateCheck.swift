internal import TollbookCore
internal import TollbookPolicy

/// What the rate limits say to a call.
struct RateCheck {
    /// The limits that the call counts under.
    let entries: [RateLimitBook.Entry]
    /// One: of the limit that denied, or of the one with the least room; nil: no limit applies.
    let decision: Decision?
    /// nil: there is room.
    let refusal: RateRefusal?
    let standing: RateStanding?

    var decisions: [Decision] { decision.map { [$0] } ?? [] }

    static var unlimited: RateCheck { RateCheck(entries: [], decision: nil, refusal: nil, standing: nil) }
}

extension LedgerWriter {
    /// Checks every rate limit over every scope, from the widest to the narrowest; the first without room denies.
    func rateCheck(_ context: RequestContext) -> RateCheck {
        let entries = rateLimits.applicable(to: context.scopes(rateLimits.parts))
        guard !entries.isEmpty else { return .unlimited }
        rateLimits.move(entries, toMicros: context.acceptedMicros)
        var tightest: RateUse?
        var standing = RateStanding()
        for entry in entries {
            for use in RateUse.all(of: entry, context) {
                guard use.hasRoom else { return Self.refusal(use, entries) }
                standing.take(use)
                if tightest.map({ use.isTighter(than: $0) }) ?? true { tightest = use }
            }
        }
        return RateCheck(
            entries: entries, decision: tightest.map { $0.decision(.allow, .withinRateLimit) }, refusal: nil,
            standing: standing)
    }

    private static func refusal(_ use: RateUse, _ entries: [RateLimitBook.Entry]) -> RateCheck {
        RateCheck(
            entries: entries, decision: use.decision(.deny, .rateLimited), refusal: use.refusal, standing: nil)
    }
}

/// How a call meets one of a limit's figures.
private struct RateUse {
    let entry: RateLimitBook.Entry
    /// nil: of calls in flight.
    let counter: RateLimitBook.Counter?
    let limit: Int64
    let used: Int64
    let asked: Int64

    /// One for each figure that the limit has.
    static func all(of entry: RateLimitBook.Entry, _ context: RequestContext) -> [RateUse] {
        var uses: [RateUse] = []
        let tokens = context.reservedTokens
        for counter in entry.counters {
            let asked: Int64
            switch counter.quota.kind.count {
            case .requests: asked = 1
            case .tokens: asked = tokens.total
            case .inputTokens: asked = tokens.input
            case .outputTokens: asked = tokens.output
            }
            if context.isBatch, counter.quota.kind.count != .requests { continue }
            uses.append(
                RateUse(
                    entry: entry, counter: counter, limit: counter.quota.limit, used: counter.window.total,
                    asked: asked))
        }
        guard !context.isBatch, let concurrent = entry.record.concurrent else { return uses }
        uses.append(RateUse(entry: entry, counter: nil, limit: concurrent, used: entry.concurrent, asked: 1))
        return uses
    }

    var hasRoom: Bool { used <= limit - asked }

    /// Whether a smaller share of the limit is left: limits of different sizes and kinds are compared so.
    func isTighter(than other: RateUse) -> Bool {
        share < other.share
    }

    /// Thousandths of the limit that are left with this call.
    private var share: Int64 {
        guard limit > 0 else { return 0 }
        let (product, overflow) = max(0, limit - used - asked).multipliedReportingOverflow(by: 1_000)
        return overflow ? 1_000 : product / limit
    }

    func decision(_ verdict: Verdict, _ reason: DecisionReason) -> Decision {
        Decision(
            stage: .limit, policyKind: .rateLimit, policyID: entry.record.id, policyVersion: entry.record.version,
            verdict: verdict, reason: reason, detail: "\(counted) \(used) of \(limit), asked \(asked)")
    }

    /// `requests`, as long as it is a minute's; `requests_per_day`; `concurrent`.
    private var counted: String {
        guard let kind = counter?.quota.kind else { return RateRefusal.concurrent }
        return kind.span == .minute ? kind.count.rawValue : kind.key
    }

    var refusal: RateRefusal {
        RateRefusal(
            logIndex: nil, scope: entry.record.reach.text, limitName: entry.record.name, kind: counter?.quota.kind,
            limit: limit, used: used, asked: asked, retryAfterSeconds: retryAfterSeconds)
    }

    private var retryAfterSeconds: Int64? {
        guard asked <= limit else { return nil }
        // Nobody knows when a call in flight ends.
        return counter.map { max(1, $0.window.seconds(untilAtMost: limit - asked)) } ?? 1
    }

    /// What the caller may still call once this call is counted; nil for what is no rate.
    var figures: RateStanding.Figures? {
        guard let window = counter?.window else { return nil }
        // This call's own count is the last to go.
        return RateStanding.Figures(
            limit: limit, remaining: max(0, limit - used - asked),
            resetSeconds: asked > 0 ? (window.keptMicros + 999_999) / 1_000_000 : window.seconds(untilAtMost: 0))
    }
}

extension RateStanding {
    /// Keeps of requests and of tokens the figure with the least left.
    fileprivate mutating func take(_ use: RateUse) {
        guard let figures = use.figures, let count = use.counter?.quota.kind.count else { return }
        func tighter(_ known: Figures?) -> Figures {
            known.map { $0.remaining <= figures.remaining ? $0 : figures } ?? figures
        }
        switch count {
        case .requests: requests = tighter(requests)
        case .tokens, .inputTokens, .outputTokens: tokens = tighter(tokens)
        }
    }
}
