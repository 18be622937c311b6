#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A credential in a file, with what tells whether the file has changed. Reading it blocks.
struct FileCredential: Sendable {
    private let path: String
    private let stamp: FileStamp?
    /// nil: the file is missing, unreadable, empty or not a credential.
    let secret: CredentialSecret?

    init(path: String) {
        self.path = path
        // The stamp is taken first: a change in between is then seen at the next look.
        stamp = FileStamp(path: path)
        let text = SmallFile.contents(of: path, limit: GatewayLimits.credentialBytes)
            .flatMap { String(validating: $0, as: UTF8.self) }
        secret = text.flatMap { CredentialSecret(text: $0) }
    }

    /// The file as it is now; nil when it has not changed.
    ///
    /// - Parameter isRefused: whether a provider refused the credential: then the file is read whatever its times say.
    func ifChanged(isRefused: Bool) -> FileCredential? {
        FileStamp(path: path) == stamp && !isRefused ? nil : FileCredential(path: path)
    }
}

/// The process's environment.
enum EnvironmentVariable {
    static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
