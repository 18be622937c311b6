internal import TollbookCore

extension DocumentValidation {
    mutating func checkBudgets(_ budgets: [BudgetEntry]) {
        checkUnique(
            budgets, of: "budget", advice: "Give one of the two a name of its own: name: NAME.",
            name: \.effectiveName, location: \.location)
        for budget in budgets {
            checkNames(budget.name, was: budget.was, budget.location, allowsSlash: true)
            checked(budget.scope, "scope", budget.location, ScopePath.parse)
            checked(budget.limit, "limit", budget.location, MoneyText.parse)
            checkWord(budget.period, "period", budget.location, among: BudgetPeriod.allCases.map(\.name))
            if let enforcement = budget.enforcement {
                checkWord(enforcement, "enforcement", budget.location, among: Enforcement.allCases.map(\.name))
            }
            checkTimeZone(budget.timeZone, budget.location)
            checkText(budget.contact, "contact", budget.location)
        }
    }

    mutating func checkRateLimits(_ limits: [RateLimitEntry]) {
        checkUnique(
            limits, of: "rate limit", advice: "Give one of the two a name of its own: name: NAME.",
            name: \.effectiveName, location: \.location)
        for limit in limits {
            checkNames(limit.name, was: limit.was, limit.location, allowsSlash: true)
            checked(limit.scope, "scope", limit.location, ScopePath.parse)
            checkCount(limit.requestsPerMinute, "requests_per_minute", limit.location)
            checkCount(limit.tokensPerMinute, "tokens_per_minute", limit.location, maximum: 1_000_000_000_000)
            checkCount(limit.concurrent, "concurrent", limit.location)
            if limit.requestsPerMinute == nil, limit.tokensPerMinute == nil, limit.concurrent == nil {
                refuse(
                    RuleViolation(
                        "the rate limit limits nothing",
                        "Write requests_per_minute, tokens_per_minute or concurrent."),
                    "scope", limit.location)
            }
        }
    }
}
