/// What a budget or limit applies to. Raw values are stored; `vocabulary` domain `scope_kind`.
package enum ScopeKind: Int, VocabularyCode {
    package static let domain = "scope_kind"

    /// Everything of an organization.
    case organization = 1
    /// Everything of a team.
    case team = 2
    /// Everything of a project.
    case project = 3
    /// Everything of an application.
    case application = 4
    /// Everything of a user.
    case user = 5
    /// Everything of a virtual key.
    case key = 6
    /// Everything of an end user.
    case endUser = 7
    /// Everything that carries a tag.
    case tag = 8
    /// Everything that deployments of a model serve.
    case model = 9
    /// Everything that asks for a route.
    case route = 10
    /// Everything that a provider serves.
    case provider = 11
}

/// The period that a budget renews in. Raw values are stored; `vocabulary` domain `budget_period`.
package enum BudgetPeriod: Int, VocabularyCode {
    package static let domain = "budget_period"

    /// One period without end.
    case total = 1
    /// Calendar days in the budget's time zone.
    case day = 2
    /// Calendar months in the budget's time zone.
    case month = 3
    /// Minutes.
    case minute = 4
    /// Hours of the clock in the budget's time zone.
    case hour = 5
    /// Weeks from Monday (ISO 8601) in the budget's time zone.
    case week = 6
    /// Calendar quarters in the budget's time zone.
    case quarter = 7
    /// Calendar years in the budget's time zone.
    case year = 8
    /// The time just passed, of a stated length.
    case rolling = 9
}

/// What a budget counts. Raw values are stored; `vocabulary` domain `budget_unit`.
package enum BudgetUnit: Int, VocabularyCode {
    package static let domain = "budget_unit"

    /// What calls cost, in nano-units of the budget's currency.
    case money = 1
    /// Input and output tokens.
    case tokens = 2
    /// Calls that were let through.
    case requests = 3
}

/// What happens when a budget has no room. Raw values are stored; `vocabulary` domain `enforcement`.
package enum Enforcement: Int, VocabularyCode {
    package static let domain = "enforcement"

    /// A call without room is refused.
    case hard = 1
    /// Spend is counted, nothing is refused.
    case soft = 2
    /// Calls without room are let through at a slower rate.
    case throttle = 3
    /// A call without room is served by a cheaper route.
    case fallback = 4
}

/// The kind of a journal row. Raw values are stored; `vocabulary` domain `journal_kind`.
package enum JournalKind: Int, VocabularyCode {
    package static let domain = "journal_kind"

    /// The log was begun.
    case genesis = 1
    /// A request was opened and its hold placed.
    case open = 2
    /// A request was refused.
    case deny = 3
    /// A request was settled.
    case settle = 4
    /// An attempt was recorded before the next one.
    case attempt = 5
    /// A governed object changed.
    case governance = 6
    /// An audit event; also that a file or batch at a provider was made, was deleted, or has ended.
    case event = 7
    /// An export was made.
    case export = 8
}

/// What a subject is. Raw values are stored; `vocabulary` domain `subject_kind`.
package enum SubjectKind: Int, VocabularyCode {
    package static let domain = "subject_kind"

    /// A person named on a virtual key.
    case user = 1
    /// An end user as the caller named one; unverified.
    case endUser = 2
    /// A network address.
    case address = 3
}
