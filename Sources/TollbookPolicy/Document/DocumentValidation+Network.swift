extension DocumentValidation {
    /// Checks how a provider is to be reached: its certificates and its proxy.
    mutating func checkNetwork(_ provider: ProviderEntry, _ dialect: ProviderDialect) {
        let files: [(ProviderSetting, String?)] = [
            (.caFile, provider.caFile), (.clientCertificate, provider.clientCertificate),
            (.clientKey, provider.clientKey),
        ]
        let isPlain = provider.effectiveBaseURL?.hasPrefix("http://") ?? (dialect == .simulated)
        for case (let setting, let path?) in files {
            let field = setting.rawValue
            checked(path, field, provider.location, FilePath.parse)
            guard isPlain else { continue }
            refuse(
                RuleViolation(
                    "\(field) is for an encrypted connection, and the provider has none",
                    "Leave \(field) out, or write a base_url that begins with https://."), field, provider.location)
        }
        if provider.clientKey != nil, provider.clientCertificate == nil {
            refuse(
                RuleViolation("the client_key has no certificate", "Write client_certificate: /PATH beside it."),
                "client_key", provider.location)
        }
        checkHTTP2(provider, isPlain: isPlain)
        checkProxy(provider, dialect)
    }

    private mutating func checkHTTP2(_ provider: ProviderEntry, isPlain: Bool) {
        guard let text = provider.http2, let offer = checked(text, "http2", provider.location, HTTP2Offer.parse)
        else { return }
        guard offer == .auto, isPlain else { return }
        refuse(
            RuleViolation(
                "HTTP/2 is for an encrypted connection, and the provider has none",
                "Leave http2 out, or write a base_url that begins with https://."), "http2", provider.location)
    }

    private mutating func checkProxy(_ provider: ProviderEntry, _ dialect: ProviderDialect) {
        if let proxy = provider.proxy {
            checked(proxy, "proxy", provider.location, ProxyAddress.parse)
            if dialect == .simulated {
                refuse(
                    RuleViolation("the simulated provider is built in and has no proxy", "Leave proxy out."), "proxy",
                    provider.location)
            }
        }
        guard let credential = provider.proxyCredential else { return }
        let source = checked(credential, "proxy_credential", provider.location, CredentialSource.parse)
        if case .serviceAccount? = source {
            refuse(
                RuleViolation(
                    "a proxy takes no service account", "Write env:NAME, file:/PATH or {command: [/PROGRAM]}."),
                "proxy_credential", provider.location)
        }
        if source == CredentialSource.none {
            refuse(
                RuleViolation("a proxy that asks for no credential needs none", "Leave proxy_credential out."),
                "proxy_credential", provider.location)
        }
        if provider.proxy == nil {
            refuse(
                RuleViolation(
                    "the proxy_credential has no proxy", "Write proxy: http://HOST:PORT beside it, or leave it out."),
                "proxy_credential", provider.location)
        }
    }
}
