extension GovernanceDocument {
    /// Adds what another file of the same directory says: lists are joined, and an organization or team that both
    /// name has the teams and projects of both.
    ///
    /// - Returns: what the two contradict each other in.
    package mutating func merge(_ other: GovernanceDocument) -> [GovernanceProblem] {
        var problems: [GovernanceProblem] = []
        if other.location != nil {
            if location != nil, manager != other.manager {
                problems.append(
                    GovernanceProblem(
                        "the files name two managers, \(Quoted.text(manager)) and \(Quoted.text(other.manager))",
                        hint: "Write one, or apply the files one by one.", at: other.location?.of("manager")))
            }
            manager = other.manager
            location = other.location
        }
        for organization in other.organizations {
            guard let index = organizations.firstIndex(where: { $0.name == organization.name }) else {
                organizations.append(organization)
                continue
            }
            problems += organizations[index].merge(organization)
        }
        budgets += other.budgets
        rateLimits += other.rateLimits
        providers += other.providers
        deployments += other.deployments
        routes += other.routes
        prices += other.prices
        webhooks += other.webhooks
        return problems
    }
}

extension OrganizationEntry {
    fileprivate mutating func merge(_ other: OrganizationEntry) -> [GovernanceProblem] {
        var problems: [GovernanceProblem] = []
        if let zone = other.timeZone {
            if let timeZone, timeZone != zone {
                problems.append(
                    GovernanceProblem(
                        "the organization \(Quoted.text(name)) has the time zone \(Quoted.text(timeZone)) elsewhere",
                        hint: "Write it in one file.", at: other.location?.of("time_zone")))
            }
            timeZone = zone
        }
        was = was ?? other.was
        for team in other.teams {
            guard let index = teams.firstIndex(where: { $0.name == team.name }) else {
                teams.append(team)
                continue
            }
            teams[index].was = teams[index].was ?? team.was
            teams[index].projects += team.projects
        }
        return problems
    }
}
