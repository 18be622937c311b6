internal import TollbookCore

extension DocumentValidation {
    mutating func checkBudgets(_ budgets: [BudgetEntry]) {
        checkUnique(
            budgets, of: "budget", advice: "Give one of the two a name of its own: name: NAME.",
            name: \.effectiveName, location: \.location)
        for budget in budgets {
            checkNames(budget.name, was: budget.was, budget.location, allowsSlash: true)
            checked(budget.scope, "scope", budget.location, ScopeExpression.parse)
            checked(budget.limit, "limit", budget.location) { text throws(RuleViolation) in try LimitText.parse(text) }
            checked(budget.period, "period", budget.location, BudgetSpan.parse)
            checkPersonless(budget.name, budget.scope, budget.location)
            checkEnforcement(budget)
            checkTimeZone(budget.timeZone, budget.location)
            checkAlerts(budget)
            checkText(budget.contact, "contact", budget.location)
        }
    }

    /// What only one kind of enforcement needs is there with it, and only with it.
    private mutating func checkEnforcement(_ budget: BudgetEntry) {
        let word = budget.enforcement ?? Enforcement.hard.name
        checkWord(word, "enforcement", budget.location, among: Enforcement.allCases.map(\.name))
        guard let enforcement = Enforcement(name: word) else { return }
        checkCount(budget.throttlePerMinute, "throttle_requests_per_minute", budget.location)
        checkCompanion(
            "throttle_requests_per_minute: 6", isThere: budget.throttlePerMinute != nil, of: .throttle, enforcement,
            budget.location)
        checkCompanion(
            "fallback_route: NAME", isThere: budget.fallbackRoute != nil, of: .fallback, enforcement, budget.location)
    }

    private mutating func checkCompanion(
        _ example: String, isThere: Bool, of owner: Enforcement, _ enforcement: Enforcement,
        _ location: EntryLocation?
    ) {
        let field = String(example.prefix { $0 != ":" })
        if enforcement == owner, !isThere {
            refuse(
                RuleViolation("a budget with enforcement \(owner.name) has no \(field)", "Write \(example)."),
                "enforcement", location)
        } else if enforcement != owner, isThere {
            refuse(
                RuleViolation(
                    "\(field) has no effect with enforcement \(enforcement.name)",
                    "Leave it out, or write enforcement: \(owner.name)."), field, location)
        }
    }

    private mutating func checkAlerts(_ budget: BudgetEntry) {
        for (offset, percent) in (budget.alerts ?? []).enumerated() where !(1...1_000).contains(percent) {
            refuse(
                RuleViolation("\(percent) is no percentage of a limit", "Write whole numbers from 1 to 1000."),
                "alerts/\(offset)", budget.location)
        }
    }

    mutating func checkRateLimits(_ limits: [RateLimitEntry]) {
        checkUnique(
            limits, of: "rate limit", advice: "Give one of the two a name of its own: name: NAME.",
            name: \.effectiveName, location: \.location)
        for limit in limits {
            checkNames(limit.name, was: limit.was, limit.location, allowsSlash: true)
            checked(limit.scope, "scope", limit.location, ScopeExpression.parse)
            checkQuotas(limit)
            checkPersonless(limit.name, limit.scope, limit.location)
        }
    }

    private mutating func checkQuotas(_ limit: RateLimitEntry) {
        for kind in RateQuota.Kind.all {
            let maximum: Int64 = kind.count == .requests ? 1_000_000_000 : 1_000_000_000_000
            checkCount(limit.quotas[kind], kind.key, limit.location, maximum: maximum)
        }
        checkCount(limit.concurrent, "concurrent", limit.location)
        if limit.quotas.isEmpty, limit.concurrent == nil {
            refuse(
                RuleViolation(
                    "the rate limit limits nothing", "Write requests_per_minute, tokens_per_minute or concurrent."),
                "scope", limit.location)
        }
    }

    /// The books hold nobody's name: a limit on a person must not be named after its scope.
    private mutating func checkPersonless(_ name: String?, _ scope: String, _ location: EntryLocation?) {
        guard name == nil, let paths = try? ScopeExpression.parse(scope).paths else { return }
        guard paths.contains(where: { $0.kind == .user || $0.kind == .endUser }) else { return }
        refuse(
            RuleViolation(
                "a limit on a person needs a name of its own, because the books keep no person's name",
                "Write name: NAME, without what would tell who it is."), "scope", location)
    }
}
