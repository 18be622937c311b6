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
    func rateCheck(_ request: OpenRequest, context: RequestContext) -> RateCheck {
        let entries = rateLimits.applicable(to: context.scopes)
        guard !entries.isEmpty else { return .unlimited }
        rateLimits.move(entries, to: context.acceptedSecond)
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

/// How a call meets one of a limit's kinds.
private struct RateUse {
    let entry: RateLimitBook.Entry
    let kind: RateRefusal.Kind
    let limit: Int64
    let used: Int64
    let asked: Int64

    /// One for each kind that the limit has.
    static func all(of entry: RateLimitBook.Entry, _ context: RequestContext) -> [RateUse] {
        var uses: [RateUse] = []
        func add(_ kind: RateRefusal.Kind, _ limit: Int64?, used: Int64, asked: Int64) {
            guard let limit else { return }
            uses.append(RateUse(entry: entry, kind: kind, limit: limit, used: used, asked: asked))
        }
        add(.requests, entry.record.requestsPerMinute, used: entry.requests.total, asked: 1)
        guard !context.isBatch else { return uses }
        add(.tokens, entry.record.tokensPerMinute, used: entry.tokens.total, asked: context.reservedTokens)
        add(.concurrent, entry.record.concurrent, used: entry.concurrent, asked: 1)
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
            verdict: verdict, reason: reason, detail: "\(kind.rawValue) \(used) of \(limit), asked \(asked)")
    }

    var refusal: RateRefusal {
        RateRefusal(
            logIndex: nil, scope: entry.record.scopeText, limitName: entry.record.name, kind: kind, limit: limit,
            used: used, asked: asked, retryAfterSeconds: retryAfterSeconds)
    }

    private var retryAfterSeconds: Int64? {
        guard asked <= limit else { return nil }
        return switch kind {
        case .requests: max(1, entry.requests.seconds(untilAtMost: limit - asked))
        case .tokens: max(1, entry.tokens.seconds(untilAtMost: limit - asked))
        // Nobody knows when a call in flight ends.
        case .concurrent: 1
        }
    }

    /// What the caller may still call once this call is counted; nil for what is no rate.
    var figures: RateStanding.Figures? {
        let window: MinuteWindow
        switch kind {
        case .requests: window = entry.requests
        case .tokens: window = entry.tokens
        case .concurrent: return nil
        }
        // This call's own count is the last to go.
        return RateStanding.Figures(
            limit: limit, remaining: max(0, limit - used - asked),
            resetSeconds: asked > 0 ? MinuteWindow.seconds : window.seconds(untilAtMost: 0))
    }
}

extension RateStanding {
    /// Keeps of each kind the limit with the least left.
    fileprivate mutating func take(_ use: RateUse) {
        guard let figures = use.figures else { return }
        func tighter(_ known: Figures?) -> Figures {
            known.map { $0.remaining <= figures.remaining ? $0 : figures } ?? figures
        }
        if use.kind == .requests { requests = tighter(requests) } else { tokens = tighter(tokens) }
    }
}
