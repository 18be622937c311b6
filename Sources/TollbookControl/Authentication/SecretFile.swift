internal import TollbookCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Small files that hold one secret, read with a bound.
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

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 9 || byte == 10 || byte == 13
    }

    private static func unusable(_ path: String, _ what: String, _ code: Int32?) -> TollbookError {
        TollbookError(
            .secretFileUnusable, "\(path) \(what)", cause: code.map { String(cString: strerror($0)) },
            hint: "check the path, the file's owner and its mode")
    }
}
