internal import TollbookCore

extension DocumentValidation {
    mutating func checkProviders(_ providers: [ProviderEntry]) {
        checkUnique(providers, of: "provider", name: \.name, location: \.location)
        for provider in providers {
            checkNames(provider.name, was: provider.was, provider.location, allowsSlash: true)
            checkAddress(provider)
            checkUnique(
                provider.credentials, of: "credential of \(Quoted.text(provider.name))", name: \.name,
                location: \.location)
            for credential in provider.credentials {
                checkNames(credential.name, was: credential.was, credential.location, allowsSlash: true)
                checked(credential.source, "source", credential.location, CredentialSource.parse)
                checkAllowList(credential.projects, "projects", credential.location)
            }
        }
    }

    private mutating func checkAddress(_ provider: ProviderEntry) {
        guard let dialect = checked(provider.dialect, "dialect", provider.location, ProviderDialect.parse) else {
            return
        }
        switch (dialect.exampleBaseURL, provider.baseURL) {
        case (.some(let example), nil):
            refuse(
                RuleViolation("the provider has no base_url", "Write for example base_url: \(example)."), "name",
                provider.location)
        case (.some, .some(let address)): checked(address, "base_url", provider.location, ProviderAddress.parse)
        case (nil, .some):
            refuse(
                RuleViolation(
                    "the simulated provider is built in and has no base_url",
                    "Leave base_url out, or write another dialect to call a simulator at an address."),
                "base_url", provider.location)
        case (nil, nil): break
        }
        if dialect != .simulated, provider.credentials.isEmpty {
            refuse(
                RuleViolation(
                    "the provider has no credential",
                    "Write credential: env:NAME, or credential: none if it asks for none."),
                "name", provider.location)
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
