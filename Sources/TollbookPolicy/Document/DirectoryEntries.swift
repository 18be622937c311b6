/// An organization of a governance document.
package struct OrganizationEntry: Codable, Equatable, Sendable {
    package var name: String
    /// The name before; renames the object instead of making another.
    package var was: String?
    /// IANA name of the zone that reports default to; nil: UTC.
    package var timeZone: String?
    package var teams: [TeamEntry] = []
    package var location: EntryLocation?

    package init(name: String) {
        self.name = name
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was
        case timeZone = "time_zone"
        case teams, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        timeZone = try values.decodeIfPresent(String.self, forKey: .timeZone)
        teams = try values.list(TeamEntry.self, .teams)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// A team of a governance document.
package struct TeamEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    package var projects: [ProjectEntry] = []
    package var location: EntryLocation?

    package init(name: String) {
        self.name = name
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, projects, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        projects = try values.list(ProjectEntry.self, .projects)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// A project of a governance document.
package struct ProjectEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    package var applications: [ApplicationEntry] = []
    /// Regions that its calls may go to; nil: any.
    package var regions: [String]?
    /// Routes that its keys may ask for; nil: every route.
    package var routes: [String]?
    /// What its calls count while the process is full; nil: 1.
    package var weight: Int64?
    /// How urgent its calls are; nil: `standard`.
    package var priority: String?
    package var location: EntryLocation?

    package init(name: String) {
        self.name = name
    }

    /// A setting's value as the ledger keeps it; nil: not set.
    package func value(of setting: ProjectSetting) -> String? {
        switch setting {
        case .weight: weight.map(String.init)
        case .priority: priority
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, applications, regions, routes, weight, priority, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        applications = try values.list(ApplicationEntry.self, .applications)
        regions = try values.decodeIfPresent([String].self, forKey: .regions)
        routes = try values.decodeIfPresent([String].self, forKey: .routes)
        weight = try values.decodeIfPresent(Int64.self, forKey: .weight)
        priority = try values.decodeIfPresent(String.self, forKey: .priority)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// An application of a governance document; a bare name stands for an entry with nothing else.
package struct ApplicationEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    package var location: EntryLocation?

    package init(name: String) {
        self.name = name
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, location
    }

    package init(from decoder: any Decoder) throws {
        if let bare = try? decoder.singleValueContainer().decode(String.self) {
            name = bare
            return
        }
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}
