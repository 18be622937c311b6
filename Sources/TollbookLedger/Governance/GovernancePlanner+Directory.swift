internal import SQLite
internal import TollbookPolicy

extension GovernancePlanner {
    /// Organizations and teams.
    mutating func planDirectory() {
        for entry in document.organizations {
            let existing = find(.organization, [.text(entry.name)], was: entry.was)
            let id = settle(
                .organization, existing, [.text(entry.name), .text(entry.timeZone ?? "UTC")], entry.location,
                isMention: entry.timeZone == nil && entry.was == nil)
            for team in entry.teams {
                let identity: [Value] = [.integer(id), .text(team.name)]
                settle(
                    .team, find(.team, identity, was: team.was), identity, team.location, isMention: team.was == nil)
            }
        }
    }

    /// Projects and applications: after the routes that projects name.
    mutating func planProjects() {
        for organization in document.organizations {
            for team in organization.teams {
                for project in team.projects { planProject(project, organization: organization.name, team: team.name) }
            }
        }
    }

    private mutating func planProject(_ entry: ProjectEntry, organization: String, team: String) {
        guard let organizationID = openID(.organization, [.text(organization)]),
            let teamID = openID(.team, [.integer(organizationID), .text(team)])
        else { return }
        let existing = find(.project, [.integer(organizationID), .text(entry.name)], was: entry.was)
        let regions: Value = entry.regions.map { .text(JSONList.text(words: $0.sorted())) } ?? .null
        let values: [Value] = [
            .integer(organizationID), .integer(teamID), .text(entry.name), regions, routes(of: entry),
        ]
        let isMention =
            entry.regions == nil && entry.routes == nil && entry.was == nil
            && existing?.value("team_id", of: .project) == .integer(teamID)
        let id = settle(.project, existing, values, entry.location, isMention: isMention)
        planSettings(entry, project: id)
        for application in entry.applications {
            let identity: [Value] = [.integer(id), .text(application.name)]
            settle(
                .application, find(.application, identity, was: application.was), identity, application.location,
                isMention: application.was == nil)
        }
    }

    /// A setting that is no longer in its manager's file is set to nothing; other files need not repeat it.
    private mutating func planSettings(_ entry: ProjectEntry, project: Int64) {
        for setting in ProjectSetting.allCases {
            settle(.projectSetting, of: project, setting.rawValue, entry.value(of: setting), entry.location) {
                [manager] in $0.managedBy == manager
            }
        }
    }

    private mutating func routes(of entry: ProjectEntry) -> Value {
        guard let names = entry.routes else { return .null }
        var ids: [Int64] = []
        for (offset, name) in names.enumerated() {
            if let id = reference(.route, name, "routes/\(offset)", entry.location) { ids.append(id) }
        }
        return .text(JSONList.text(ids: ids.sorted()))
    }

    /// The object of this document as it is by now: one that was just made, or renamed, is found.
    private func openID(_ kind: GovernedKind, _ identity: [Value]) -> Int64? {
        plan.tables.open(kind).first { $0.identity(of: kind) == identity }?.id
    }
}
