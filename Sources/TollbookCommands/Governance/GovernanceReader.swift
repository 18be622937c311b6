package import TollbookPolicy

/// Turns the YAML of one governance file into a document: keys, types and places. Values are checked afterwards.
package struct GovernanceReader {
    /// Every key of every kind of entry; the JSON schema has the same.
    package static let keys: [String: [String]] = [
        "file": [
            "version", "manager", "organizations", "budgets", "rate_limits", "providers", "deployments", "routes",
            "prices", "webhooks", "guardrails",
        ],
        "organization": ["name", "was", "time_zone", "teams"],
        "team": ["name", "was", "projects"],
        "project": ["name", "was", "applications", "regions", "routes", "weight", "priority"],
        "application": ["name", "was"],
        "budget": [
            "scope", "limit", "period", "enforcement", "throttle_requests_per_minute", "fallback_route", "time_zone",
            "overcommit", "alerts", "contact", "name", "was",
        ],
        "rate limit": ["scope"] + RateQuota.Kind.all.map(\.key) + ["concurrent", "name", "was"],
        "provider": [
            "name", "was", "preset", "dialect", "base_url", "api_version", "aws_region", "credential", "credentials",
            "ca_file", "client_certificate", "client_key", "http2", "proxy", "proxy_credential",
        ],
        "credential": ["name", "was", "source", "command", "ttl", "projects"],
        "credential command": ["command", "ttl"],
        "deployment": ["name", "was", "provider", "model", "region", "context_window", "max_output"],
        "route": ["name", "was", "strategy", "targets"],
        "webhook": [
            "name", "was", "url", "secret", "previous_secret", "types", "organization", "private_network",
        ],
        "price": ["provider", "model", "effective_from", "effective_to", "per_million", "source"],
    ]

    let file: String
    let list: ProblemList

    /// Reads one file's bytes.
    ///
    /// - Returns: the document without the entries that could not be read, and what is wrong.
    /// - Throws: `GovernanceDocumentError` when the text is no YAML.
    package static func read(
        _ bytes: [UInt8], file: String
    ) throws(GovernanceDocumentError) -> (document: GovernanceDocument, problems: [GovernanceProblem]) {
        let root = try YAMLText.parse(bytes, file: file)
        let reader = GovernanceReader(file: file, list: ProblemList())
        let document = reader.document(root)
        return (document, reader.list.problems)
    }

    private func document(_ node: YAMLNode) -> GovernanceDocument {
        var document = GovernanceDocument()
        guard let entry = entry(node, kind: "file") else { return document }
        checkVersion(entry)
        if entry.has("guardrails"), !entry.nodes("guardrails").isEmpty {
            list.add(
                "this version knows no guardrail", hint: "Write guardrails: [], or leave it out.",
                at: entry.place("guardrails"))
        }
        if let manager = entry.text("manager") {
            document.manager = manager
            document.location = entry.location
        }
        document.organizations = entry.nodes("organizations").compactMap(organization)
        document.budgets = sound(entry.nodes("budgets"), budget)
        document.rateLimits = sound(entry.nodes("rate_limits"), rateLimit)
        document.providers = sound(entry.nodes("providers"), provider)
        document.deployments = sound(entry.nodes("deployments"), deployment)
        document.routes = sound(entry.nodes("routes"), route)
        document.prices = sound(entry.nodes("prices"), price)
        document.webhooks = sound(entry.nodes("webhooks"), webhook)
        return document
    }

    /// The entries that were read without a problem: a value that could not be read would be told as absent again.
    private func sound<Entry>(_ nodes: [YAMLNode], _ read: (YAMLNode) -> Entry?) -> [Entry] {
        nodes.compactMap { node in
            let before = list.problems.count
            let entry = read(node)
            return list.problems.count == before ? entry : nil
        }
    }

    func entry(_ node: YAMLNode, kind: String) -> EntryReader? {
        EntryReader(node, kind: kind, keys: Self.keys[kind] ?? [], file: file, list: list)
    }

    private func checkVersion(_ entry: EntryReader) {
        guard entry.has("version") else {
            return entry.missing("version", example: "\(GovernanceDocument.currentVersion) as the first line")
        }
        guard let version = entry.integer("version"), version != GovernanceDocument.currentVersion else { return }
        list.add(
            "version \(version) of the format is not known",
            hint: "Write version: \(GovernanceDocument.currentVersion).",
            at: entry.place("version"))
    }
}
