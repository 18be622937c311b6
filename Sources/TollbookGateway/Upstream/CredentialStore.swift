internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization
package import TollbookPolicy

/// Finds providers' credentials and keeps them out of everything that is written down.
///
/// `env:NAME` is read once; `file:PATH` is read off the event loops, again when the file changes, looked at about once
/// a second; `command:…` is run off the event loops, again when its time is over; with `service_account:PATH` a token
/// is fetched and renewed; `none` needs none. One that a provider refused is read again soon. Thread-safe.
package final class CredentialStore: Sendable {
    /// What there is for a source.
    package enum Lookup: Sendable {
        /// nil: the provider needs none.
        case ready(CredentialSecret?)
        case unavailable
        /// Not read yet: `load` it.
        case unknown
    }

    private enum Entry {
        case environment(CredentialSecret?)
        case file(FileCredential)
        case command(CommandCredential)
    }

    private let entries = Mutex<[String: Entry]>([:])
    /// Sources of files that a provider refused, to be read again whatever their times say.
    private let refusedFiles = Mutex<Set<String>>([])
    private let logger: Logger
    private let children: ChildProcesses
    /// Apart from the threads that read files, which commands must not hold up.
    private let threads = NIOThreadPool(numberOfThreads: GatewayLimits.commandThreads)
    private let accounts: ServiceAccounts

    /// - Parameter environment: of the programs that are run, each as `NAME=value`.
    init(logger: Logger, environment: [String], accounts: ServiceAccounts) {
        self.logger = logger
        self.accounts = accounts
        children = ChildProcesses(environment: environment)
        threads.start()
    }

    /// Ends the commands that run, and runs no more.
    func stop() async {
        children.stop()
        accounts.stop()
        try? await threads.shutdownGracefully()
    }

    /// Never blocks.
    package func lookup(_ credential: CredentialRecord?, of provider: ProviderRecord) -> Lookup {
        credential.map { lookup(source: $0.source, of: provider) } ?? .ready(nil)
    }

    /// Never blocks.
    ///
    /// - Parameter provider: through whose network a service account's token is fetched; nil: it is none.
    func lookup(source: String, of provider: ProviderRecord? = nil) -> Lookup {
        guard source != "none" else { return .ready(nil) }
        let entry = entries.withLock { $0[source] }
        switch entry {
        case .environment(let secret?): return .ready(secret)
        case .file(let file): return file.secret.map { .ready($0) } ?? .unavailable
        case .command(let command): return command.lookup()
        case .environment(nil): return .unavailable
        case nil: return firstLookup(source, provider)
        }
    }

    private func firstLookup(_ source: String, _ provider: ProviderRecord?) -> Lookup {
        if let account = account(source, of: provider) { return account.lookup() }
        if source.hasPrefix("file:") { return .unknown }
        if source.hasPrefix("command:") { return command(source)?.lookup() ?? .unavailable }
        guard source.hasPrefix("env:") else { return .unavailable }
        let secret = EnvironmentVariable.value(String(source.dropFirst(4))).flatMap { CredentialSecret(text: $0) }
        entries.withLock { $0[source] = .environment(secret) }
        return secret.map { .ready($0) } ?? .unavailable
    }

    /// The one that fetches a service account's tokens; nil when the source is none.
    private func account(_ source: String, of provider: ProviderRecord?) -> ServiceAccountCredential? {
        guard let provider, source.hasPrefix("service_account:") else { return nil }
        return accounts.account(String(source.dropFirst(16)), of: provider)
    }

    /// The one that runs a source's command; nil when the source is none.
    private func command(_ source: String) -> CommandCredential? {
        guard case .command(let command) = try? CredentialSource.parse(source) else { return nil }
        return entries.withLock { entries in
            if case .command(let known) = entries[source] { return known }
            let made = CommandCredential(command, logger: logger)
            entries[source] = .command(made)
            return made
        }
    }

    /// Reads a file, runs a command or fetches a token in the background; `lookup` then knows it. The future is on
    /// `eventLoop`.
    ///
    /// - Parameter provider: as for `lookup(source:of:)`.
    func load(
        _ source: String, of provider: ProviderRecord? = nil, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        if let account = account(source, of: provider) {
            let (future, isToFetch) = account.wait(on: eventLoop)
            if isToFetch { accounts.fetch(account, self) }
            return future
        }
        if source.hasPrefix("command:") {
            guard let command = command(source) else { return eventLoop.makeSucceededVoidFuture() }
            let (future, isToRun) = command.wait(on: eventLoop)
            if isToRun { run(command) }
            return future
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [self] in
            let file = FileCredential(path: String(source.dropFirst(5)))
            entries.withLock { $0[source] = .file(file) }
        }
    }

    private func run(_ command: CommandCredential) {
        threads.submit { [children] state in
            guard case .active = state else { return command.cancelled() }
            command.run(among: children)
        }
    }

    /// A provider refused what was found for a source. It is read again soon.
    func refused(source: String, of provider: ProviderRecord) {
        if let account = account(source, of: provider) { return account.refused() }
        refused(source: source)
    }

    /// As `refused(source:of:)`, of what is no service account.
    func refused(source: String) {
        guard source.hasPrefix("file:") || source.hasPrefix("command:") else { return }
        switch entries.withLock({ $0[source] }) {
        case .file: refusedFiles.withLock { _ = $0.insert(source) }
        case .command(let command): command.refused()
        case .environment, nil: break
        }
    }

    /// Looks at every known file again, and runs the commands and renews the tokens whose time has come. Blocks for the
    /// files alone.
    func refresh() {
        accounts.refresh(self)
        let refused = refusedFiles.withLock { sources in
            defer { sources = [] }
            return sources
        }
        for (source, entry) in entries.withLock({ $0 }) {
            switch entry {
            case .file(let file):
                guard let changed = file.ifChanged(isRefused: refused.contains(source)) else { continue }
                entries.withLock { $0[source] = .file(changed) }
            case .command(let command): if command.isDue() { run(command) }
            case .environment: break
            }
        }
    }
}
