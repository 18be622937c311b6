internal import NIOCore
internal import NIOPosix
internal import Synchronization
package import TollbookPolicy

/// Finds providers' credentials and keeps them out of everything that is written down.
///
/// `env:NAME` is read once; `file:PATH` is read off the event loops, again when the file changes, looked at
/// about once a second; `none` needs none. Thread-safe.
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
    }

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// Never blocks.
    package func lookup(_ credential: CredentialRecord?) -> Lookup {
        credential.map { lookup(source: $0.source) } ?? .ready(nil)
    }

    /// Never blocks.
    func lookup(source: String) -> Lookup {
        guard source != "none" else { return .ready(nil) }
        let entry = entries.withLock { $0[source] }
        switch entry {
        case .environment(let secret?): return .ready(secret)
        case .file(let file): return file.secret.map { .ready($0) } ?? .unavailable
        case .environment(nil): return .unavailable
        case nil: return firstLookup(source)
        }
    }

    private func firstLookup(_ source: String) -> Lookup {
        if source.hasPrefix("file:") { return .unknown }
        guard source.hasPrefix("env:") else { return .unavailable }
        let secret = EnvironmentVariable.value(String(source.dropFirst(4))).flatMap { CredentialSecret(text: $0) }
        entries.withLock { $0[source] = .environment(secret) }
        return secret.map { .ready($0) } ?? .unavailable
    }

    /// Reads a file source on a background thread; `lookup` then knows it. The future is on `eventLoop`.
    func load(_ source: String, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [self] in
            let file = FileCredential(path: String(source.dropFirst(5)))
            entries.withLock { $0[source] = .file(file) }
        }
    }

    /// Looks at every known file again. Blocks.
    func refresh() {
        let known = entries.withLock { $0 }
        for case (let source, .file(let file)) in known {
            guard let changed = file.ifChanged() else { continue }
            entries.withLock { $0[source] = .file(changed) }
        }
    }
}
