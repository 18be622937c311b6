/// Where in a call's life a decision was taken. Raw values are stored; `vocabulary` domain `stage`.
package enum DecisionStage: Int, VocabularyCode {
    package static let domain = "stage"

    /// May this key ask for this.
    case authorize = 1
    /// Is there room in the limits.
    case limit = 2
    /// Which deployment serves it.
    case plan = 3
    /// While the answer is relayed.
    case relay = 4
    /// At the settlement.
    case settle = 5
}

/// What a decision said. Raw values are stored; `vocabulary` domain `verdict`.
package enum Verdict: Int, VocabularyCode {
    package static let domain = "verdict"

    /// May go on.
    case allow = 1
    /// Was refused.
    case deny = 2
    /// Went on changed.
    case redact = 3
    /// A target was chosen.
    case route = 4
    /// Another target was chosen after a failure.
    case fallBack = 5
    /// A person was asked.
    case ask = 6
}

/// Whether a verdict binds. Raw values are stored; `vocabulary` domain `mode`.
package enum PolicyMode: Int, VocabularyCode {
    package static let domain = "mode"

    /// The verdict is binding.
    case enforce = 1
    /// The verdict is recorded only.
    case shadow = 2
    /// The verdict binds a sample.
    case canary = 3
}

/// What kind of object decided. Raw values are stored; `vocabulary` domain `policy_kind`.
package enum PolicyKind: Int, VocabularyCode {
    package static let domain = "policy_kind"

    /// The virtual key and what it may do.
    case apiKey = 1
    /// The route and its targets.
    case route = 2
    /// A budget.
    case budget = 3
    /// A rate limit.
    case rateLimit = 4
    /// The project's residency and routes.
    case project = 5
    /// The price book.
    case price = 6
}

/// The closed list of reasons of decisions. Raw values are stored; `vocabulary` domain `reason`.
package enum DecisionReason: Int, VocabularyCode {
    package static let domain = "reason"

    /// The key is active and its project may use the route.
    case keyPermitted = 1
    /// The project may not use this route.
    case routeNotPermitted = 2
    /// The key is past its expiry.
    case keyExpired = 3
    /// The hold fits into the budget.
    case withinBudget = 4
    /// Spending alone leaves no room.
    case budgetExhausted = 5
    /// Holds of calls in flight leave no room.
    case budgetHeld = 6
    /// No hard budget applies.
    case noBudget = 7
    /// A hard money budget applies and the model has no price.
    case unpricedModel = 8
    /// The first target that no rule refuses.
    case targetChosen = 9
    /// Every target of the route is refused.
    case noTarget = 10
    /// The estimated prompt is larger than the context window.
    case overContextWindow = 11
    /// The deployment's region is outside the project's regions.
    case regionNotAllowed = 12
    /// No usable credential of the provider may serve the project.
    case credentialNotAllowed = 13
    /// A rate limit is used up.
    case rateLimited = 14
    /// The call fits into the rate limit.
    case withinRateLimit = 15
    /// The attempt before failed and the next target was chosen.
    case attemptFailed = 16
    /// The deployment's provider does not serve the endpoint that was called.
    case endpointNotServed = 17
    /// A field of the request cannot be said in the dialect of the deployment's provider; the detail names it.
    case untranslatableField = 18
    /// The budget has no room, and its slower rate is used up.
    case budgetThrottled = 19
    /// The budget has no room; the call fits into its slower rate.
    case withinThrottle = 20
    /// The budget has no room; its cheaper route serves the call.
    case budgetFallback = 21
    /// The call had to wait for a place among the calls in flight; the detail says how long.
    case queued = 30
    /// The calls in flight left the call no place, and it could not wait, or not longer; the detail says why.
    case overloaded = 31
    /// Something in the answer cannot be said in the caller's dialect; the detail names it.
    case answerFieldsDropped = 40
}
