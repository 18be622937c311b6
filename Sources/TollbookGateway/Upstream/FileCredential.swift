#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A credential in a file, with what tells whether the file has changed. Reading it blocks.
struct FileCredential: Sendable {
    private struct Stamp: Equatable {
        var seconds = 0
        var nanoseconds = 0
        var inode: UInt64 = 0
        var size = 0
    }

    private let path: String
    private let stamp: Stamp?
    /// nil: the file is missing, unreadable, empty or not a credential.
    let secret: CredentialSecret?

    init(path: String) {
        self.path = path
        // The stamp is taken first: a change in between is then seen at the next look.
        stamp = Self.stamp(of: path)
        secret = Self.contents(of: path).flatMap { CredentialSecret(text: $0) }
    }

    /// The file as it is now; nil when it has not changed.
    func ifChanged() -> FileCredential? {
        Self.stamp(of: path) == stamp ? nil : FileCredential(path: path)
    }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        return Stamp(
            seconds: Int(modified.tv_sec), nanoseconds: Int(modified.tv_nsec), inode: UInt64(status.st_ino),
            size: Int(status.st_size))
    }

    private static func contents(of path: String) -> String? {
        // Not blocking, so that a named pipe cannot hold the thread.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: GatewayLimits.credentialBytes + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            filled += count
        }
        return String(validating: bytes[..<filled], as: UTF8.self)
    }
}

/// The process's environment.
enum EnvironmentVariable {
    static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
