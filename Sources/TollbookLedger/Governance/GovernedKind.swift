internal import TollbookPolicy

/// What the ledger knows of one kind of governed object: its tables, its columns and what its name must be unique in.
///
/// Comparing, writing, closing, naming and telling are the same code for every kind; a new kind is a new value here.
package struct GovernedKind: Sendable {
    /// What a column holds, for telling it to people and for finding what an object points at.
    package enum Form: Sendable {
        case text
        case number
        /// A JSON array of plain words.
        case words
        /// The id of an object of the named kind.
        case reference(String)
        /// A JSON array of ids of the named kind.
        case references(String)
        /// 0 or 1; told only when it is 1.
        case flag
        /// A JSON array of numbers.
        case numbers
        /// A budget's limit in money; that in another unit is in the column `limit_count`.
        case limit
        /// A code of `scope_kind`; told together with the columns `scope_id`, `scope_value` and `scope_also`.
        case scope
        /// A code of `budget_period`; the length of a rolling one is in the column `rolling_seconds`.
        case period
        /// A code of `enforcement`.
        case enforcement
        /// Microseconds since 1970 UTC.
        case time
        /// Never told.
        case hidden
    }

    /// A column between `log_index` and `managed_by`, in the schema's order.
    package struct Column: Sendable {
        package let name: String
        /// The key in governance files and reports.
        package let field: String
        package let form: Form

        init(_ name: String, _ form: Form, field: String? = nil) {
            self.name = name
            self.field = field ?? name
            self.form = form
        }
    }

    /// As in events and reports: `rate_limit`.
    package let name: String
    /// The table of versions in force.
    package let table: String
    /// The table of all versions.
    package let versions: TruthTable
    package let columns: [Column]
    /// Positions of the columns that, besides the name, no two open objects may share.
    let parents: [Int]

    init(_ name: String, _ versions: TruthTable, within parents: [String] = [], _ columns: [Column]) {
        self.name = name
        self.table = name
        self.versions = versions
        self.columns = columns
        self.parents = parents.compactMap { parent in columns.firstIndex { $0.name == parent } }
    }

    /// The position of a column in an object's values.
    ///
    /// - Precondition: the kind has the column.
    func position(_ column: String) -> Int {
        guard let position = columns.firstIndex(where: { $0.name == column }) else {
            preconditionFailure("\(name) has no column \(column)")
        }
        return position
    }

    /// Whether the kind has the column.
    func has(_ column: String) -> Bool {
        columns.contains { $0.name == column }
    }
}

extension GovernedKind {
    package static let organization = GovernedKind(
        "organization", .organizationVersion, [Column("name", .text), Column("time_zone", .text)])
    package static let team = GovernedKind(
        "team", .teamVersion, within: ["organization_id"],
        [Column("organization_id", .reference("organization"), field: "organization"), Column("name", .text)])
    package static let provider = GovernedKind(
        "provider", .providerVersion, [Column("name", .text), Column("dialect", .text), Column("base_url", .text)])
    package static let deployment = GovernedKind(
        "deployment", .deploymentVersion,
        [
            Column("name", .text), Column("provider_id", .reference("provider"), field: "provider"),
            Column("model", .text), Column("region", .text), Column("context_window", .number),
            Column("max_output", .number),
        ])
    package static let route = GovernedKind(
        "route", .routeVersion,
        [Column("name", .text), Column("strategy", .text), Column("targets", .references("deployment"))])
    package static let project = GovernedKind(
        "project", .projectVersion, within: ["organization_id"],
        [
            Column("organization_id", .reference("organization"), field: "organization"),
            Column("team_id", .reference("team"), field: "team"), Column("name", .text), Column("regions", .words),
            Column("routes", .references("route")),
        ])
    package static let projectSetting = GovernedKind(
        "project_setting", .projectSettingVersion, within: ["project_id"],
        [
            Column("project_id", .reference("project"), field: "project"), Column("name", .text),
            Column("value", .text),
        ])
    package static let application = GovernedKind(
        "application", .applicationVersion, within: ["project_id"],
        [Column("project_id", .reference("project"), field: "project"), Column("name", .text)])
    package static let credential = GovernedKind(
        "credential", .credentialVersion, within: ["provider_id"],
        [
            Column("provider_id", .reference("provider"), field: "provider"), Column("name", .text),
            Column("source", .text), Column("projects", .references("project")),
        ])
    package static let providerSetting = GovernedKind(
        "provider_setting", .providerSettingVersion, within: ["provider_id"],
        [
            Column("provider_id", .reference("provider"), field: "provider"), Column("name", .text),
            Column("value", .text),
        ])
    package static let key = GovernedKind(
        "api_key", .apiKeyVersion, within: ["project_id"],
        [
            Column("project_id", .reference("project"), field: "project"),
            Column("application_id", .reference("application"), field: "application"),
            Column("user_subject_id", .hidden), Column("name", .text), Column("hash_kind", .hidden),
            Column("secret_hash", .hidden), Column("hint", .hidden),
            Column("expires_micros", .time, field: "expires"),
        ])
    /// What a budget or a rate limit is on: see `GovernedObject.scopes(of:)`.
    private static let scopeColumns = [
        Column("scope_kind", .scope, field: "scope"), Column("scope_id", .hidden), Column("scope_value", .hidden),
        Column("scope_also", .hidden),
    ]
    package static let budget = GovernedKind(
        "budget", .budgetVersion,
        [Column("name", .text)] + scopeColumns + [
            Column("unit", .hidden), Column("limit_nano", .limit, field: "limit"), Column("limit_count", .hidden),
            Column("currency", .hidden), Column("period", .period), Column("rolling_seconds", .hidden),
            Column("enforcement", .enforcement),
            Column("throttle_per_minute", .number, field: "throttle_requests_per_minute"),
            Column("fallback_route_id", .reference("route"), field: "fallback_route"), Column("time_zone", .text),
            Column("overcommit", .flag), Column("alerts", .numbers), Column("contact", .text),
        ])
    package static let rateLimit = GovernedKind(
        "rate_limit", .rateLimitVersion,
        [Column("name", .text)] + scopeColumns + RateQuota.Kind.all.map { Column($0.key, .number) } + [
            Column("concurrent", .number)
        ])

    package static let webhook = GovernedKind(
        "webhook", .webhookVersion,
        [
            Column("name", .text), Column("url", .text), Column("secret", .text), Column("previous_secret", .text),
            Column("types", .words), Column("organization_id", .reference("organization"), field: "organization"),
            Column("private_network", .number),
        ])

    /// Every kind, each after those that it points at: the order in which objects are made.
    package static let all: [GovernedKind] = [
        organization, team, provider, providerSetting, deployment, route, project, projectSetting, application,
        credential, key, budget, rateLimit, webhook,
    ]

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The kind with a name.
    package static func named(_ name: String) -> GovernedKind? {
        byName[name]
    }
}
