internal import TollbookCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Small files that hold one secret: read with a bound, written with mode 0600 and never over another.
package enum SecretFile {
    /// No token is longer; a larger file is not a secret but a mistake.
    package static let maximumBytes = 4_096

    /// The content without the white space around it; nil when there is no such file.
    ///
    /// - Throws: `secret_file_unusable`, naming the path and never the content.
    package static func load(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw unusable(path, "cannot be read", errno) }
            return nil
        }
        defer { _ = close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw unusable(path, "cannot be read", errno) }
        let trimmed = bytes.prefix(count).drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard count <= maximumBytes, !trimmed.isEmpty, trimmed.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw unusable(path, "does not hold one line of printable text", nil)
        }
        return String(decoding: trimmed, as: UTF8.self)
    }

    /// Writes a new file, whole or not at all.
    ///
    /// - Throws: `secret_file_unusable`.
    package static func create(_ path: String, text: String) throws {
        let fresh = path + ".new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable(path, "cannot be written", errno) }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let failure = written == bytes.count && fsync(descriptor) == 0 ? nil : errno
        _ = close(descriptor)
        guard failure == nil, rename(fresh, path) == 0 else {
            let code = failure ?? errno
            unlink(fresh)
            throw unusable(path, "cannot be written", code)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 9 || byte == 10 || byte == 13
    }

    private static func unusable(_ path: String, _ what: String, _ code: Int32?) -> TollbookError {
        TollbookError(
            .secretFileUnusable, "\(path) \(what)", cause: code.map { String(cString: strerror($0)) },
            hint: "check the file's owner and mode (0600)")
    }
}
