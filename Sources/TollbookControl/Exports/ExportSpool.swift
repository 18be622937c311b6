internal import Foundation
internal import Synchronization
internal import TollbookCore

/// Exports that wait for their download, in `DIR/exports/<id>/`.
///
/// Removed when every file was fetched, or an hour after they were made. Thread-safe; it
/// works on files, so keep it off event loops.
package final class ExportSpool: Sendable {
    private struct Entry {
        let made: ContinuousClock.Instant
        /// Files not fetched yet.
        var waiting: Set<String>
        let files: Set<String>
        var downloads = 0
    }

    private struct State {
        var entries: [Int64: Entry] = [:]
        /// Exports being made.
        var reserved = 0
    }

    private let directory: String
    private let state = Mutex(State())

    package init(directory: String) {
        self.directory = directory
    }

    /// Makes an export: `body` writes it into the directory given, and says its id and files; then it can be fetched.
    ///
    /// - Throws: `too_many_exports`, `output_failed`; what the body throws.
    func make<Result>(
        _ body: (_ directory: String) async throws -> (id: Int64, files: [String], result: Result)
    ) async throws -> Result {
        try reserve()
        defer { state.withLock { $0.reserved -= 1 } }
        let staging = directory + "/.making-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: staging, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let made = try await body(staging)
            try FileManager.default.moveItem(atPath: staging, toPath: path(made.id))
            let files = Set(made.files)
            state.withLock { $0.entries[made.id] = Entry(made: .now, waiting: files, files: files) }
            return made.result
        } catch {
            try? FileManager.default.removeItem(atPath: staging)
            throw error
        }
    }

    /// The path of a file to be downloaded; nil when there is none. Call `endDownload` afterwards.
    func beginDownload(id: Int64, file: String) -> String? {
        let isKnown = state.withLock { state in
            guard state.entries[id]?.files.contains(file) == true else { return false }
            state.entries[id]?.downloads += 1
            return true
        }
        return isKnown ? path(id) + "/" + file : nil
    }

    /// Notes the end of a download; the last file's removes the export.
    func endDownload(id: Int64, file: String, isWhole: Bool) {
        let isDone = state.withLock { state in
            guard var entry = state.entries[id] else { return false }
            entry.downloads -= 1
            if isWhole { entry.waiting.remove(file) }
            let isDone = entry.waiting.isEmpty && entry.downloads == 0
            state.entries[id] = isDone ? nil : entry
            return isDone
        }
        if isDone { remove(id) }
    }

    /// Removes exports that nobody fetched in time.
    func sweep(now: ContinuousClock.Instant = .now) {
        let limit = now - .seconds(ControlLimits.exportLifetimeSeconds)
        let old = state.withLock { state in
            let old = state.entries.filter { $0.value.made <= limit && $0.value.downloads == 0 }.map(\.key)
            for id in old { state.entries[id] = nil }
            return old
        }
        for id in old { remove(id) }
    }

    /// Removes what an earlier process left; call it before the first export.
    func removeLeftovers() {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func reserve() throws {
        sweep()
        let isFree = state.withLock { state in
            guard state.entries.count + state.reserved < ControlLimits.spooledExports else { return false }
            state.reserved += 1
            return true
        }
        guard isFree else {
            throw TollbookError(
                .tooManyExports, "\(ControlLimits.spooledExports) exports wait for their download",
                hint: "fetch them, or wait an hour")
        }
    }

    private func path(_ id: Int64) -> String { "\(directory)/\(id)" }

    private func remove(_ id: Int64) {
        try? FileManager.default.removeItem(atPath: path(id))
    }
}
