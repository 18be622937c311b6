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
}
