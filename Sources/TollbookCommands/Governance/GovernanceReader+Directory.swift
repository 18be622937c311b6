internal import TollbookPolicy

extension GovernanceReader {
    func organization(_ node: YAMLNode) -> OrganizationEntry? {
        guard let entry = entry(node, kind: "organization"),
            let name = entry.requiredText("name", example: "acme")
        else { return nil }
        var organization = OrganizationEntry(name: name)
        organization.was = entry.text("was")
        organization.timeZone = entry.text("time_zone")
        organization.teams = entry.nodes("teams").compactMap(team)
        organization.location = entry.location
        return organization
    }

    private func team(_ node: YAMLNode) -> TeamEntry? {
        guard let entry = entry(node, kind: "team"), let name = entry.requiredText("name", example: "search") else {
            return nil
        }
        var team = TeamEntry(name: name)
        team.was = entry.text("was")
        team.projects = entry.nodes("projects").compactMap(project)
        team.location = entry.location
        return team
    }

    private func project(_ node: YAMLNode) -> ProjectEntry? {
        guard var entry = entry(node, kind: "project"), let name = entry.requiredText("name", example: "ranking") else {
            return nil
        }
        var project = ProjectEntry(name: name)
        project.was = entry.text("was")
        project.applications = entry.nodes("applications").compactMap(application)
        project.regions = entry.texts("regions")
        project.routes = entry.texts("routes")
        project.weight = entry.integer("weight")
        project.priority = entry.text("priority")
        project.location = entry.location
        return project
    }

    /// A bare name, or a mapping for one that was renamed.
    private func application(_ node: YAMLNode) -> ApplicationEntry? {
        if case .scalar(let name, _) = node.content, !node.isNull {
            var application = ApplicationEntry(name: name)
            application.location = EntryLocation(SourceLocation(file: file, line: node.line, column: node.column))
            return application
        }
        guard let entry = entry(node, kind: "application"), let name = entry.requiredText("name", example: "web") else {
            return nil
        }
        var application = ApplicationEntry(name: name)
        application.was = entry.text("was")
        application.location = entry.location
        return application
    }
}
