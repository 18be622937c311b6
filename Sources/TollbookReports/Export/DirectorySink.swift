internal import Foundation
internal import TollbookCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes an export's files into a directory that is empty: under other names first, synced, then renamed.
///
/// What was not committed is removed with this object, so that a directory never holds half an export.
package final class DirectorySink: ExportSink {
    private let path: String
    private var descriptor: Int32 = -1
    private var finished: [String] = []
    private var current: String?
    private var isCommitted = false

    private static let suffix = ".partial"

    /// Makes the directory if there is none.
    ///
    /// - Throws: `directory_not_empty`, `output_failed`.
    package init(directory path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard try FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
                throw TollbookError(
                    .directoryNotEmpty, "the output directory is not empty",
                    hint: "Name a new directory; nothing is overwritten.")
            }
        } catch let error as TollbookError {
            throw error
        } catch {
            throw TollbookError(
                .outputFailed, "the output directory cannot be used", cause: error.localizedDescription,
                hint: "Check its owner and mode, and that its parent exists.")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        guard !isCommitted else { return }
        for name in finished + (current.map { [$0] } ?? []) { unlink(partialPath(name)) }
    }

    /// Begins a file of mode 0600 under its partial name.
    ///
    /// - Throws: `output_failed`.
    package func begin(_ fileName: String) throws {
        precondition(current == nil && !isCommitted, "one file at a time, all before the commit")
        descriptor = open(partialPath(fileName), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("the file cannot be made") }
        current = fileName
    }

    package func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = posixWrite(descriptor, rest.base.baseAddress.map { $0 + rest.startIndex }, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("the file cannot be written") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Syncs the file that was begun.
    ///
    /// - Throws: `output_failed`.
    package func end() throws {
        guard let name = current else { return }
        guard fsync(descriptor) == 0 else { throw failure("the file cannot be synced") }
        close(descriptor)
        descriptor = -1
        finished.append(name)
        current = nil
    }

    /// Gives all files their names and syncs the directory.
    ///
    /// - Throws: `output_failed`.
    package func commit() throws {
        precondition(current == nil, "the last file is ended before the commit")
        for name in finished {
            guard rename(partialPath(name), path + "/" + name) == 0 else { throw failure("the file cannot be named") }
        }
        isCommitted = true
        // The names are durable once the directory is.
        let directory = open(path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("the directory cannot be synced") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("the directory cannot be synced") }
    }

    private func partialPath(_ name: String) -> String { path + "/" + name + Self.suffix }

    private func failure(_ message: String) -> TollbookError {
        let isFull = errno == ENOSPC || errno == EDQUOT
        return TollbookError(
            .outputFailed, message, cause: "errno \(errno)",
            hint: isFull ? "Free space, then export again." : "Check the directory, then export again.")
    }
}

/// `write` under a name that the method above does not hide.
private func posixWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
