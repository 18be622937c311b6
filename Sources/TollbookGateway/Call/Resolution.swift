package import TollbookCore
package import TollbookPolicy

/// How an attempt ended, as far as its charges are concerned.
package enum AttemptEnding: Equatable, Sendable {
    /// A whole answer with a success status. `isTerminated`: with its terminal event; always true for plain answers.
    case complete(isTerminated: Bool)
    /// An answer with an error status, or one that Tollbook refuses for its status.
    case errorStatus
    /// A stream that told of an error inside.
    case errorEvent
    /// A whole answer that is not well formed.
    case malformed
    /// A stream that its provider ended of itself before anything of the answer came.
    case empty
    /// The answer broke off, or never began: timeouts, closed connections, bytes that are not HTTP.
    case broken(ErrorClass)
    /// The client left first.
    case clientGone
    /// The gateway was stopped first.
    case shutdown
}

/// What is known of an attempt when it has ended.
package struct AttemptEvidence: Sendable {
    /// Whether a byte of the request may have left.
    package var wasDispatched: Bool
    /// Whether all of the request was passed to the provider; one that gets a part has nothing to answer.
    package var isRequestWhole = true
    /// Whether anything of a successful answer's content was seen.
    package var sawAnswer: Bool
    /// As the provider reported it; nil: it did not.
    package var usage: Usage?
    /// Whether the provider's numbers contradict each other.
    package var isUsageInconsistent = false
    /// Whether the provider told of units that no meter counts.
    package var hasUncountedUsage = false
    /// What the provider reported of the prompt alone, in a stream that broke off.
    package var promptUsage: Usage?
    /// Estimated from what was seen of the answer.
    package var outputTokensSeen: Int64 = 0
    /// Events that could not be read, in a stream that went on.
    package var hasMalformedParts = false
    /// What the whole answer tells of its endpoint's unit, such as its images; nil: nothing.
    package var unitsSeen: Int64?

    package init(wasDispatched: Bool, sawAnswer: Bool, usage: Usage? = nil) {
        self.wasDispatched = wasDispatched
        self.sawAnswer = sawAnswer
        self.usage = usage
    }
}

/// What the worst case of an attempt was, and at which prices it is charged.
package struct AttemptTerms: Sendable {
    package let estimatedInputTokens: Int64
    package let heldOutputTokens: Int64
    /// In force at the attempt's start; nil: unpriced.
    package let prices: PriceSet?
    /// False: the endpoint's calls cost nothing, whatever they tell.
    package var isCharged = true
    /// What the endpoint's calls are charged by where tokens are not told, or not priced.
    package var unit: UnitTerms?

    package init(estimatedInputTokens: Int64, heldOutputTokens: Int64, prices: PriceSet?) {
        self.estimatedInputTokens = estimatedInputTokens
        self.heldOutputTokens = heldOutputTokens
        self.prices = prices
    }
}

/// The terms of an endpoint whose calls have a unit besides tokens.
package struct UnitTerms: Sendable {
    package let meter: Meter
    /// What the call asks for: the request's characters, the images wanted, the seconds that its file may last.
    package let asked: Int64
    /// Whether what is asked for is exactly what is charged, however the call ends.
    package let isExact: Bool
    /// What its tokens are where they are priced and nobody told of them; nil: then there are none, and the unit
    /// stands, priced or not.
    package let tokens: (input: Meter, output: Meter)?

    package init(meter: Meter, asked: Int64, isExact: Bool, tokens: (input: Meter, output: Meter)?) {
        self.meter = meter
        self.asked = asked
        self.isExact = isExact
        self.tokens = tokens
    }
}

/// What becomes of the hold: the attempt's charges, and what the reader of the request should know.
///
/// Pure: the whole of the design's rule on holds is here, and its table is in the tests.
package struct Resolution: Sendable, Equatable {
    /// What the charges rest on.
    package enum Basis: Sendable, Equatable {
        /// Nothing was sent, the provider refused, or the endpoint is free: no charge, the hold is voided.
        case none
        /// The provider's own numbers.
        case usage
        /// Tollbook's own count of the endpoint's unit.
        case counted
        /// The prompt, reported or estimated, and what was seen of the answer.
        case seen
        /// The whole worst case, because nothing was seen.
        case hold
    }

    package let basis: Basis
    package let charges: [ChargeLine]
    package let endReason: EndReason
    package let caveat: Caveat?
    package let errorClass: ErrorClass?

    package init(_ ending: AttemptEnding, _ evidence: AttemptEvidence, _ terms: AttemptTerms) {
        let basis = terms.isCharged ? Self.basis(ending, evidence, terms) : .none
        self.basis = basis
        charges = Self.charges(basis, evidence, terms)
        endReason = Self.endReason(ending, evidence)
        caveat = Self.caveat(ending, evidence, basis)
        errorClass = Self.errorClass(ending)
    }

    private static func basis(
        _ ending: AttemptEnding, _ evidence: AttemptEvidence, _ terms: AttemptTerms
    ) -> Basis {
        let basis = basis(ending, evidence)
        guard let unit = terms.unit, basis != .none else { return basis }
        if unit.tokens == nil { return basis == .seen ? .counted : basis }
        let isUnitPriced = terms.prices.map { $0[unit.meter] != nil } ?? true
        let isTold = evidence.usage != nil && (!isUnitPriced || evidence.isPriced(by: terms.prices))
        guard isUnitPriced, !isTold else { return basis }
        if case .complete = ending, evidence.unitsSeen != nil { return .counted }
        return unit.isExact ? .counted : basis == .usage ? .seen : basis
    }

    private static func basis(_ ending: AttemptEnding, _ evidence: AttemptEvidence) -> Basis {
        guard evidence.wasDispatched else { return .none }
        if evidence.usage != nil { return .usage }
        switch ending {
        case .errorStatus: return .none
        // An error in place of an answer is as good as an error status.
        case .errorEvent: return evidence.sawAnswer ? .seen : .none
        // Nothing was made, as the provider's own end says; but the prompt may have been read.
        case .complete, .empty: return .seen
        case .malformed, .broken, .clientGone, .shutdown:
            return evidence.sawAnswer ? .seen : evidence.isRequestWhole ? .hold : .none
        }
    }

    private static func charges(
        _ basis: Basis, _ evidence: AttemptEvidence, _ terms: AttemptTerms
    ) -> [ChargeLine] {
        switch basis {
        case .none: return []
        case .usage:
            let lines = Charging.lines(for: evidence.usage ?? Usage(), prices: terms.prices, source: .provider)
            // Nearly no call has a price of its own, and none pays for looking.
            return terms.prices?[.request] == nil ? lines : lines + callLines(terms)
        case .counted:
            guard let unit = terms.unit else { return [] }
            let usage = Usage([unit.meter: unit.isExact ? unit.asked : evidence.unitsSeen ?? unit.asked])
            return Charging.lines(for: usage, prices: terms.prices, source: .counted)
                + (unit.meter == .request ? [] : callLines(terms))
        case .hold where terms.unit != nil, .seen where terms.unit != nil:
            return unitLines(basis, evidence, terms)
        case .hold:
            return Charging.heldLines(
                estimatedInputTokens: terms.estimatedInputTokens, heldOutputTokens: terms.heldOutputTokens,
                prices: terms.prices)
        case .seen:
            var usage = Usage()
            if evidence.promptUsage == nil { usage.set(.input, terms.estimatedInputTokens) }
            usage.set(.output, evidence.outputTokensSeen)
            if terms.prices?[.request] != nil { usage.set(.request, 1) }
            return Charging.lines(for: evidence.promptUsage ?? Usage(), prices: terms.prices, source: .provider)
                + Charging.lines(for: usage, prices: terms.prices, source: .estimated)
        }
    }

    /// The price of the call itself, where there is one: no usage tells of it.
    private static func callLines(_ terms: AttemptTerms) -> [ChargeLine] {
        guard terms.prices?[.request] != nil else { return [] }
        return Charging.lines(for: Usage([.request: 1]), prices: terms.prices, source: .counted)
    }

    /// What is assumed of a call that may be charged by units, where nobody told: what was held. Of tokens that are
    /// priced, an answer's own text counts instead.
    private static func unitLines(
        _ basis: Basis, _ evidence: AttemptEvidence, _ terms: AttemptTerms
    ) -> [ChargeLine] {
        guard let unit = terms.unit else { return [] }
        if terms.prices.map({ $0[unit.meter] != nil }) ?? true {
            return Charging.lines(for: Usage([unit.meter: unit.asked]), prices: terms.prices, source: .estimated)
                + callLines(terms)
        }
        guard basis == .seen, let tokens = unit.tokens else {
            return Charging.heldLines(
                estimatedInputTokens: terms.estimatedInputTokens, heldOutputTokens: terms.heldOutputTokens,
                unit: unit.meter, units: unit.asked, prices: terms.prices)
        }
        var usage = Usage()
        usage.set(tokens.input, terms.estimatedInputTokens)
        let isTextSeen = evidence.outputTokensSeen > 0
        usage.set(tokens.output, isTextSeen ? evidence.outputTokensSeen : terms.heldOutputTokens)
        return Charging.lines(for: usage, prices: terms.prices, source: .estimated) + callLines(terms)
    }

    private static func endReason(_ ending: AttemptEnding, _ evidence: AttemptEvidence) -> EndReason {
        switch ending {
        case .complete: .completed
        case .clientGone: .clientGone
        case .broken: evidence.sawAnswer ? .upstreamCut : .error
        case .errorStatus, .errorEvent, .malformed, .empty, .shutdown: .error
        }
    }

    /// One caveat a request: what bears on the amount goes before what bears on the form.
    private static func caveat(_ ending: AttemptEnding, _ evidence: AttemptEvidence, _ basis: Basis) -> Caveat? {
        if ending == .shutdown { return .shutdown }
        if basis == .hold { return .holdPosted }
        if basis == .none, evidence.wasDispatched, !evidence.isRequestWhole { return .uploadIncomplete }
        if ending == .clientGone { return evidence.wasDispatched ? .clientLeftEarly : nil }
        if ending == .malformed { return .answerMalformed }
        if basis == .seen { return .usageEstimated }
        if basis == .usage, evidence.hasUncountedUsage { return .usageUncounted }
        if basis == .usage, evidence.isUsageInconsistent { return .usageInconsistent }
        if evidence.hasMalformedParts { return .answerMalformed }
        if case .complete(isTerminated: false) = ending { return .noTerminalEvent }
        return nil
    }

    private static func errorClass(_ ending: AttemptEnding) -> ErrorClass? {
        switch ending {
        case .complete: nil
        case .errorStatus: .upstreamStatus
        case .errorEvent: .errorEvent
        case .malformed, .empty: .malformedResponse
        case .broken(let errorClass): errorClass
        case .clientGone: .clientGone
        case .shutdown: .shutdown
        }
    }
}

extension AttemptEvidence {
    /// Whether each meter of the provider's usage has a price; also where there are no prices at all.
    fileprivate func isPriced(by prices: PriceSet?) -> Bool {
        guard let prices else { return true }
        return usage?.lines.allSatisfy { prices[$0.meter] != nil } ?? false
    }
}
