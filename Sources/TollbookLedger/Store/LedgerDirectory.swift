internal import Foundation
internal import TollbookCore

/// The data directory: paths, the lock, and small private files.
///
/// Holds the lock until it is released or the process ends. `@unchecked Sendable`: the only mutable state is the
/// lock's descriptor, which `release()` closes once, after the writer has stopped.
package final class LedgerDirectory: @unchecked Sendable {
    package let path: String
    private var lock: Int32

    package var database: String { path + "/ledger.db" }
    package var ownerToken: String { path + "/owner-token" }
    package var exports: String { path + "/exports" }
    var ballast: String { path + "/ballast" }

    /// Creates what is missing (mode 0700) and takes the lock.
    ///
    /// - Throws: `directory_unusable` when it cannot be made or written; `ledger_locked` when another process has it.
    package init(path: String) throws {
        self.path = path
        // The ledger, its log and everything beside it are for this user alone.
        umask(0o077)
        do {
            let manager = FileManager.default
            for directory in [path, path + "/secrets"] where !manager.fileExists(atPath: directory) {
                try manager.createDirectory(
                    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw TollbookError(
                .directoryUnusable, "cannot make the directory \(path)", cause: Self.reason(error),
                hint: "Choose a directory that this user may write with --data.")
        }
        lock = try Self.takeLock(path + "/lock")
    }

    deinit {
        release()
    }

    /// Lets another process open the directory.
    func release() {
        guard lock >= 0 else { return }
        close(lock)
        lock = -1
    }

    /// The 32 bytes of a named secret, mode 0600, one line of hexadecimal; made before the ledger, never after it.
    ///
    /// - Throws: `secret_unusable` when it is damaged, or missing beside a ledger whose hashes need it.
    func secret(_ name: String) throws -> [UInt8] {
        let file = "\(path)/secrets/\(name)"
        guard let text = try Self.read(file) else {
            guard !FileManager.default.fileExists(atPath: database) else {
                throw TollbookError(
                    .secretUnusable, "\(file) is missing, and the ledger has hashes made under it",
                    hint: "Restore the file from a backup, because with another secret no key is known; "
                        + "for a new ledger choose an empty directory.")
            }
            let bytes = SystemRandom.bytes(32)
            try Self.writePrivate(file, bytes.map { Self.hexadecimal($0) }.joined() + "\n")
            return bytes
        }
        guard let bytes = Self.bytes(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            bytes.count == 32
        else {
            throw TollbookError(
                .secretUnusable, "\(file) does not hold 64 hexadecimal digits",
                hint: "Restore the file from a backup; keys made under it cannot be checked without it.")
        }
        return bytes
    }

    /// Reads the owner's token, or makes one on the first start. `isNew` tells which.
    package func readOrMakeOwnerToken() throws -> (token: String, isNew: Bool) {
        if let text = try Self.read(ownerToken)?.trimmingCharacters(in: .whitespacesAndNewlines) {
            guard !text.isEmpty else {
                throw TollbookError(
                    .secretUnusable, "\(ownerToken) is empty", hint: "Remove it; the next start makes a new token.")
            }
            return (text, false)
        }
        let token = "tbo-" + SystemRandom.bytes(32).map { Self.hexadecimal($0) }.joined()
        try Self.writePrivate(ownerToken, token + "\n")
        return (token, true)
    }

    /// What the system says of a failed call, without Foundation's words around it.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        guard underlying.domain == NSPOSIXErrorDomain else { return "a file is in the way, or the path cannot be used" }
        return String(cString: strerror(Int32(underlying.code)))
    }

    private static func takeLock(_ file: String) throws -> Int32 {
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw TollbookError(
                .directoryUnusable, "cannot open \(file)", cause: String(cString: strerror(errno)),
                hint: "Check the owner and mode of the data directory.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TollbookError(
                .ledgerLocked, "another process has \(file)",
                hint: "Exactly one process opens a ledger: stop the other one, or choose another --data.")
        }
        return descriptor
    }

    /// A small file's text; nil only when there is none, so that one that cannot be read is never made anew.
    private static func read(_ file: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8)
        else {
            throw TollbookError(
                .secretUnusable, "\(file) cannot be read", hint: "Check its owner and mode, and that it is text.")
        }
        return text
    }

    /// Written whole under another name first, so that a crash leaves no half secret.
    private static func writePrivate(_ file: String, _ text: String) throws {
        let temporary = file + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(file) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
            rename(temporary, file) == 0
        else { throw unwritable(file) }
    }

    private static func unwritable(_ file: String) -> TollbookError {
        TollbookError(
            .directoryUnusable, "cannot write \(file)", cause: String(cString: strerror(errno)),
            hint: "Check the free space and the mode of the data directory.")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
