internal import TollbookPolicy

extension GovernanceReader {
    func provider(_ node: YAMLNode) -> ProviderEntry? {
        guard var entry = entry(node, kind: "provider") else { return nil }
        let name = entry.requiredText("name", example: "openai-eu")
        if !entry.has("dialect"), !entry.has("preset") { entry.missing("dialect", example: "openai, or preset: NAME") }
        let credentials = credentials(&entry)
        guard let name else { return nil }
        var provider = ProviderEntry(name: name, dialect: entry.text("dialect"))
        provider.preset = entry.text("preset")
        provider.was = entry.text("was")
        provider.baseURL = entry.text("base_url")
        provider.apiVersion = entry.text("api_version")
        provider.awsRegion = entry.text("aws_region")
        provider.caFile = entry.text("ca_file")
        provider.clientCertificate = entry.text("client_certificate")
        provider.clientKey = entry.text("client_key")
        provider.http2 = entry.text("http2")
        provider.proxy = entry.text("proxy")
        provider.proxyCredential = source(&entry, "proxy_credential")
        provider.credentials = credentials
        provider.location = entry.location
        return provider
    }

    /// `credential: SOURCE`, or `credentials:` with a name for each.
    private func credentials(_ entry: inout EntryReader) -> [CredentialEntry] {
        if entry.has("credential"), entry.has("credentials") {
            list.add(
                "the provider has credential and credentials",
                hint: "Write one of the two: credential for a single source, credentials for named ones.",
                at: entry.place("credential"))
        }
        guard entry.has("credential") else { return entry.nodes("credentials").compactMap(credential) }
        guard let source = source(&entry, "credential") else { return [] }
        var single = CredentialEntry(name: CredentialEntry.defaultName, source: source)
        var location = EntryLocation(entry.place("credential"))
        location.note("source", line: location.line, column: location.column)
        single.location = location
        return [single]
    }

    private func credential(_ node: YAMLNode) -> CredentialEntry? {
        guard var entry = entry(node, kind: "credential") else { return nil }
        let name = entry.requiredText("name", example: "primary")
        if entry.has("source"), entry.has("command") {
            list.add(
                "the credential has source and command", hint: "Write one of the two.", at: entry.place("command"))
        }
        let source =
            entry.has("command")
            ? command(&entry, field: "source")
            : entry.requiredText("source", example: "env:NAME, or command: [/PROGRAM]")
        guard let name, let source else { return nil }
        var credential = CredentialEntry(name: name, source: source)
        credential.was = entry.text("was")
        credential.projects = entry.texts("projects")
        credential.location = entry.location
        return credential
    }

    /// A source as text, or as a command with its time: `{command: [/PROGRAM], ttl: 15m}`.
    func source(_ entry: inout EntryReader, _ key: String) -> String? {
        guard let node = entry.mapping(key) else { return entry.text(key) }
        guard var own = self.entry(node, kind: "credential command") else { return nil }
        if !own.has("command") { own.missing("command", example: "[/PROGRAM, ARGUMENT]") }
        return command(&own, field: "command")
    }

    /// - Parameter field: where the document's checks look for the source.
    private func command(_ entry: inout EntryReader, field: String) -> String? {
        guard let arguments = entry.texts("command") else { return nil }
        if field != "command" { entry.alias(field, of: "command") }
        do {
            return try CredentialCommand(arguments, ttl: entry.text("ttl")).source
        } catch {
            let isTime = error.problem.hasPrefix("the ttl")
            list.add(error.problem, hint: error.advice, at: entry.place(isTime ? "ttl" : "command"))
            return nil
        }
    }

    func deployment(_ node: YAMLNode) -> DeploymentEntry? {
        guard let entry = entry(node, kind: "deployment") else { return nil }
        let name = entry.requiredText("name", example: "mini-eu")
        let provider = entry.requiredText("provider", example: "openai-eu")
        let model = entry.requiredText("model", example: "gpt-4o-mini")
        guard let name, let provider, let model else { return nil }
        var deployment = DeploymentEntry(name: name, provider: provider, model: model)
        deployment.was = entry.text("was")
        deployment.region = entry.text("region")
        deployment.contextWindow = entry.integer("context_window")
        deployment.maxOutput = entry.integer("max_output")
        deployment.location = entry.location
        return deployment
    }

    func route(_ node: YAMLNode) -> RouteEntry? {
        guard var entry = entry(node, kind: "route") else { return nil }
        let name = entry.requiredText("name", example: "gpt-4o-mini")
        let targets = entry.texts("targets")
        if !entry.has("targets") { entry.missing("targets", example: "[DEPLOYMENT]") }
        guard let name, let targets else { return nil }
        var route = RouteEntry(name: name, targets: targets)
        route.was = entry.text("was")
        route.strategy = entry.text("strategy")
        route.location = entry.location
        return route
    }

    func price(_ node: YAMLNode) -> PriceEntry? {
        guard var entry = entry(node, kind: "price") else { return nil }
        let provider = entry.requiredText("provider", example: "openai-eu")
        let model = entry.requiredText("model", example: "gpt-4o-mini")
        let effectiveFrom = entry.requiredText("effective_from", example: "2026-01-01")
        let perMillion = entry.textsByKey("per_million")
        if !entry.has("per_million") { entry.missing("per_million", example: "{input: \"0.15\", output: \"0.60\"}") }
        guard let provider, let model, let effectiveFrom, let perMillion else { return nil }
        var price = PriceEntry(provider: provider, model: model, effectiveFrom: effectiveFrom, perMillion: perMillion)
        price.effectiveTo = entry.text("effective_to")
        price.source = entry.text("source")
        price.location = entry.location
        return price
    }
}
