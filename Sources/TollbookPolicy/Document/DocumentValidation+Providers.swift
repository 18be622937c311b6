internal import TollbookCore

extension DocumentValidation {
    mutating func checkProviders(_ providers: [ProviderEntry]) {
        checkUnique(providers, of: "provider", name: \.name, location: \.location)
        for provider in providers {
            checkNames(provider.name, was: provider.was, provider.location, allowsSlash: true)
            checkKind(provider)
            checkUnique(
                provider.credentials, of: "credential of \(Quoted.text(provider.name))", name: \.name,
                location: \.location)
            for credential in provider.credentials {
                checkNames(credential.name, was: credential.was, credential.location, allowsSlash: true)
                checkSource(credential, of: provider)
                checkAllowList(credential.projects, "projects", credential.location)
            }
        }
    }

    private mutating func checkSource(_ credential: CredentialEntry, of provider: ProviderEntry) {
        let source = checked(credential.source, "source", credential.location, CredentialSource.parse)
        guard case .serviceAccount? = source, provider.effectiveDialect != ProviderDialect.vertex.rawValue else {
            return
        }
        refuse(
            RuleViolation(
                "only a provider of dialect vertex has a service account", "Write dialect: vertex, or env:NAME."),
            "source", credential.location)
    }

    private mutating func checkKind(_ provider: ProviderEntry) {
        let preset = provider.preset.map { checked($0, "preset", provider.location, ProviderPreset.parse) }
        if let preset, preset == nil { return }
        guard let written = provider.effectiveDialect else {
            return refuse(
                RuleViolation("the provider has no dialect", "Write dialect: openai, or preset: NAME."), "name",
                provider.location)
        }
        guard let dialect = checked(written, "dialect", provider.location, ProviderDialect.parse) else { return }
        checkAddress(provider, dialect)
        checkAPIVersion(provider, dialect)
        checkAWSRegion(provider, dialect)
        checkNetwork(provider, dialect)
        if dialect != .simulated, provider.credentials.isEmpty, provider.knownPreset?.needsCredential ?? true {
            refuse(
                RuleViolation(
                    "the provider has no credential",
                    "Write credential: env:NAME, or credential: none if it asks for none."),
                "name", provider.location)
        }
    }

    private mutating func checkAddress(_ provider: ProviderEntry, _ dialect: ProviderDialect) {
        switch (dialect, provider.effectiveBaseURL) {
        case (.simulated, .some):
            refuse(
                RuleViolation(
                    "the simulated provider is built in and has no base_url",
                    "Leave base_url out, or write dialect: openai to call a simulator at an address."),
                "base_url", provider.location)
        case (.simulated, nil): break
        case (.vertex, .some(let address)):
            checked(address, "base_url", provider.location, ProviderAddress.parseVertex)
        case (_, .some(let address)): checked(address, "base_url", provider.location, ProviderAddress.parse)
        case (_, nil):
            refuse(
                RuleViolation("the provider has no base_url", "Write for example base_url: \(dialect.exampleAddress)."),
                "name", provider.location)
        }
    }

    private mutating func checkAPIVersion(_ provider: ProviderEntry, _ dialect: ProviderDialect) {
        guard let version = provider.apiVersion else { return }
        guard dialect == .azure else {
            return refuse(
                RuleViolation("only a provider of dialect azure has an api_version", "Leave api_version out."),
                "api_version", provider.location)
        }
        let isPlain = version.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        guard isPlain, (1...32).contains(version.utf8.count) else {
            return refuse(
                RuleViolation(
                    "the api_version is none that Azure has",
                    "Write for example api_version: \"2024-10-21\", or leave it out for Azure's v1 interface."),
                "api_version", provider.location)
        }
    }

    private mutating func checkAWSRegion(_ provider: ProviderEntry, _ dialect: ProviderDialect) {
        guard dialect == .bedrock else {
            if provider.awsRegion == nil { return }
            return refuse(
                RuleViolation("only a provider of dialect bedrock has an aws_region", "Leave aws_region out."),
                "aws_region", provider.location)
        }
        guard let address = provider.effectiveBaseURL else { return }
        guard let region = provider.awsRegion ?? AWSRegion.named(byURL: address) else {
            return refuse(
                RuleViolation("the address names no region of AWS", "Write for example aws_region: us-east-1."),
                "base_url", provider.location)
        }
        guard AWSRegion.isRegion(region) else {
            return refuse(
                RuleViolation("the aws_region is none that AWS could have", "Write for example aws_region: us-east-1."),
                "aws_region", provider.location)
        }
    }

    mutating func checkDeployments(_ deployments: [DeploymentEntry]) {
        checkUnique(deployments, of: "deployment", name: \.name, location: \.location)
        for deployment in deployments {
            checkNames(deployment.name, was: deployment.was, deployment.location, allowsSlash: true)
            checkName(deployment.model, "model", deployment.location, allowsSlash: true)
            if let region = deployment.region { checkRegion(region, "region", deployment.location) }
            checkCount(deployment.contextWindow, "context_window", deployment.location)
            checkCount(deployment.maxOutput, "max_output", deployment.location)
        }
    }

    mutating func checkRoutes(_ routes: [RouteEntry]) {
        checkUnique(routes, of: "route", name: \.name, location: \.location)
        for route in routes {
            checkNames(route.name, was: route.was, route.location, allowsSlash: true)
            if let strategy = route.strategy { checked(strategy, "strategy", route.location, RouteStrategy.parse) }
            if route.targets.isEmpty {
                refuse(
                    RuleViolation("the route has no target", "List deployments: targets: [NAME]."), "targets",
                    route.location)
            }
            checkRepeats(in: route.targets, "targets", route.location)
        }
    }
}
