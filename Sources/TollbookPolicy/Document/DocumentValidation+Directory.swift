extension DocumentValidation {
    mutating func checkDirectory(_ organizations: [OrganizationEntry]) {
        checkUnique(organizations, of: "organization", name: \.name, location: \.location)
        for organization in organizations {
            checkNames(organization.name, was: organization.was, organization.location, allowsSlash: false)
            checkTimeZone(organization.timeZone, organization.location)
            checkUnique(
                organization.teams, of: "team of \(Quoted.text(organization.name))", name: \.name, location: \.location)
            checkUnique(
                organization.teams.flatMap(\.projects), of: "project of \(Quoted.text(organization.name))",
                name: \.name, location: \.location)
            for team in organization.teams { checkTeam(team) }
        }
    }

    private mutating func checkTeam(_ team: TeamEntry) {
        checkNames(team.name, was: team.was, team.location, allowsSlash: false)
        for project in team.projects {
            checkNames(project.name, was: project.was, project.location, allowsSlash: false)
            checkRegions(project)
            checkAllowList(project.routes, "routes", project.location)
            checkShare(project)
            checkUnique(
                project.applications, of: "application of \(Quoted.text(project.name))", name: \.name,
                location: \.location)
            for application in project.applications {
                checkNames(application.name, was: application.was, application.location, allowsSlash: false)
            }
        }
    }

    private mutating func checkRegions(_ project: ProjectEntry) {
        checkAllowList(project.regions, "regions", project.location)
        for (offset, region) in (project.regions ?? []).enumerated() {
            checkRegion(region, "regions/\(offset)", project.location)
        }
    }

    private mutating func checkShare(_ project: ProjectEntry) {
        let weights = AdmissionShare.weights
        if let weight = project.weight, !(Int64(weights.lowerBound)...Int64(weights.upperBound)).contains(weight) {
            refuse(
                RuleViolation(
                    "weight is \(weight)", "Write a number from \(weights.lowerBound) to \(weights.upperBound)."),
                "weight", project.location)
        }
        guard let priority = project.priority else { return }
        checkWord(
            priority, "priority", project.location, among: AdmissionShare.Priority.allCases.map(\.rawValue))
    }

    mutating func checkRegion(_ region: String, _ field: String, _ location: EntryLocation?) {
        guard !Region.isKnown(region) else { return }
        let known = Region.parents.keys.sorted()
        let near = Suggestion.nearest(to: region, in: known)
        refuse(
            RuleViolation(
                "\(Quoted.text(region)) is no region",
                near.map { "Write \($0)." } ?? "Write one of \(Quoted.alternatives(known))."),
            field, location)
    }
}
