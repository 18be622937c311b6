package import TollbookPolicy

/// Looks at the files that a governance document names, where they are to be read: on the server.
package struct ProviderFileCheck: Sendable {
    /// Files that hold what cannot be used; the document is refused.
    package private(set) var problems: [GovernanceProblem] = []
    /// Files that cannot be read now and may come later, a sentence each.
    package private(set) var notes: [String] = []

    /// Blocks: reads the files.
    package init(_ document: GovernanceDocument) {
        for provider in document.providers { check(provider) }
    }

    private mutating func check(_ provider: ProviderEntry) {
        let sources = provider.credentials.map(\.source) + [provider.proxyCredential].compactMap(\.self)
        for case .command(let command)? in sources.map({ try? CredentialSource.parse($0) }) {
            guard let program = command.arguments.first, !SmallFile.isProgram(program) else { continue }
            notes.append(
                "Provider \(Quoted.text(provider.name)): the program \(Quoted.text(program)) is none that the "
                    + "gateway's user may run; calls that need its credential fail until it is.")
        }
        for credential in provider.credentials {
            guard case .serviceAccount(let path)? = try? CredentialSource.parse(credential.source) else { continue }
            checkAccount(path, of: provider, at: credential.location?.of("source"))
        }
        let paths = [provider.caFile, provider.clientCertificate, provider.clientKey].compactMap(\.self)
        // Other paths are refused by the rules for documents.
        guard paths.allSatisfy({ FilePath.isAbsolute($0) }), let fault = TLSFiles(provider.network)?.fault() else {
            return
        }
        if fault.kind == .isUnreadable {
            notes.append(
                "Provider \(Quoted.text(provider.name)): \(fault); it gets no call until the file is there.")
        } else {
            problems.append(
                GovernanceProblem(
                    fault.description, hint: fault.advice, at: provider.location?.of(fault.setting.rawValue)))
        }
    }
    private mutating func checkAccount(_ path: String, of provider: ProviderEntry, at location: SourceLocation?) {
        let file = "the file \(Quoted.text(path)) of a service account"
        guard let contents = SmallFile.contents(of: path, limit: GatewayLimits.credentialBytes) else {
            notes.append(
                "Provider \(Quoted.text(provider.name)): \(file) cannot be read; calls that need it fail until it is "
                    + "there.")
            return
        }
        do throws(TokenFault) {
            _ = try ServiceAccountKey(contents)
        } catch {
            guard case .keyUnusable(let reason) = error else { return }
            problems.append(
                GovernanceProblem(
                    "\(file) cannot be used: \(reason)",
                    hint: "Name a key of type service_account in JSON, as Google's console writes it.", at: location))
        }
    }
}
