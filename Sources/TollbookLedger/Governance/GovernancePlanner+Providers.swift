internal import SQLite
internal import TollbookPolicy

extension GovernancePlanner {
    /// Providers, deployments and routes.
    mutating func planProviders() {
        for entry in document.providers {
            // Checked before: an address that does not parse was refused.
            let address = entry.effectiveBaseURL.flatMap { try? ProviderAddress.parse($0) } ?? ""
            let id = settle(
                .provider, find(.provider, [.text(entry.name)], was: entry.was),
                [.text(entry.name), .text(entry.effectiveDialect ?? ""), .text(address)], entry.location)
            planSettings(entry, provider: id)
        }
        for entry in document.deployments {
            guard let provider = reference(.provider, entry.provider, "provider", entry.location) else { continue }
            let values: [Value] = [
                .text(entry.name), .integer(provider), .text(entry.model), .init(entry.region),
                .init(entry.contextWindow), .init(entry.maxOutput),
            ]
            settle(.deployment, find(.deployment, [.text(entry.name)], was: entry.was), values, entry.location)
        }
        for entry in document.routes { planRoute(entry) }
    }

    /// A setting that is no longer in the file is set to nothing, like any other value that is left out.
    private mutating func planSettings(_ entry: ProviderEntry, provider: Int64) {
        for setting in ProviderSetting.allCases {
            settle(.providerSetting, of: provider, setting.rawValue, entry.value(of: setting), entry.location) { _ in
                true
            }
        }
    }

    /// Settles one setting of an owner.
    ///
    /// - Parameter isTakenBack: whether a setting that the ledger has and the entry has not is set to nothing.
    mutating func settle(
        _ kind: GovernedKind, of owner: Int64, _ name: String, _ value: String?, _ location: EntryLocation?,
        isTakenBack: (GovernedObject) -> Bool
    ) {
        let identity: [Value] = [.integer(owner), .text(name)]
        let existing = plan.tables.find(kind, identity)
        guard value != nil || existing.map(isTakenBack) ?? false else { return }
        settle(kind, existing, identity + [.init(value)], location)
    }

    /// Credentials: after the projects that they name.
    mutating func planCredentials() {
        for provider in document.providers {
            guard let id = plan.tables.open(.provider).first(where: { $0.name(of: .provider) == provider.name })?.id
            else { continue }
            for entry in provider.credentials {
                let identity: [Value] = [.integer(id), .text(entry.name)]
                settle(
                    .credential, find(.credential, identity, was: entry.was),
                    identity + [.text(entry.source), projects(of: entry)], entry.location)
            }
        }
    }

    private mutating func planRoute(_ entry: RouteEntry) {
        var targets: [Int64] = []
        for (offset, name) in entry.targets.enumerated() {
            if let id = reference(.deployment, name, "targets/\(offset)", entry.location) { targets.append(id) }
        }
        let strategy = entry.strategy ?? RouteStrategy.priority.rawValue
        settle(
            .route, find(.route, [.text(entry.name)], was: entry.was),
            [.text(entry.name), .text(strategy), .text(JSONList.text(ids: targets))], entry.location)
    }

    private mutating func projects(of entry: CredentialEntry) -> Value {
        guard let paths = entry.projects else { return .null }
        var ids: [Int64] = []
        for (offset, path) in paths.enumerated() {
            do {
                ids.append(try plan.tables.resolveProject(path))
            } catch {
                refuse(error, "projects/\(offset)", entry.location)
            }
        }
        return .text(JSONList.text(ids: ids.sorted()))
    }
}

extension Value {
    init(_ text: String?) {
        self = text.map { .text($0) } ?? .null
    }

    init(_ integer: Int64?) {
        self = integer.map { .integer($0) } ?? .null
    }
}
