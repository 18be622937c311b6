internal import TollbookPolicy

extension GovernanceReader {
    func budget(_ node: YAMLNode) -> BudgetEntry? {
        guard var entry = entry(node, kind: "budget") else { return nil }
        let scope = entry.requiredText("scope", example: "project/NAME")
        let limit = entry.requiredText("limit", example: "\"25.00 USD\"")
        let period = entry.requiredText("period", example: "month")
        guard let scope, let limit, let period else { return nil }
        var budget = BudgetEntry(scope: scope, limit: limit, period: period)
        budget.name = entry.text("name")
        budget.was = entry.text("was")
        budget.enforcement = entry.text("enforcement")
        budget.throttlePerMinute = entry.integer("throttle_requests_per_minute")
        budget.fallbackRoute = entry.text("fallback_route")
        budget.timeZone = entry.text("time_zone")
        budget.overcommit = entry.flag("overcommit")
        budget.alerts = entry.integers("alerts")
        budget.contact = entry.text("contact")
        budget.location = entry.location
        return budget
    }

    func rateLimit(_ node: YAMLNode) -> RateLimitEntry? {
        guard let entry = entry(node, kind: "rate limit"),
            let scope = entry.requiredText("scope", example: "project/NAME")
        else { return nil }
        var limit = RateLimitEntry(scope: scope)
        limit.name = entry.text("name")
        limit.was = entry.text("was")
        for kind in RateQuota.Kind.all { limit.quotas[kind] = entry.integer(kind.key) }
        limit.concurrent = entry.integer("concurrent")
        limit.location = entry.location
        return limit
    }
}
