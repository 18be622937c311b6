internal import CSQLite

/// A copy of one database into another, made in steps while others go on reading and writing.
///
/// The destination is written in one transaction: until the last step it holds nothing that can be read, and an
/// abandoned backup leaves it as it was. A change made through the source connection goes into the copy as it happens;
/// one made through another connection starts the copy over, unless the source connection holds a read transaction,
/// which pins what is copied. See https://www.sqlite.org/backup.html
package final class OnlineBackup {
    /// What is left after a step.
    package struct Progress: Hashable, Sendable {
        /// Pages still to copy.
        package let remainingPages: Int
        /// Pages of the source, as it was at the step.
        package let totalPages: Int
        /// The copy is complete.
        package let isDone: Bool
        /// The step copied nothing, because a lock was held past the busy timeout; it may be tried again.
        package let isBlocked: Bool
    }

    private let source: Connection
    private let destination: Connection
    private var handle: OpaquePointer?

    /// Begins a copy of `source`'s main database over `destination`'s.
    ///
    /// - Throws: `.error` if the destination is in use.
    package init(from source: Connection, to destination: Connection) throws(SQLiteError) {
        self.source = source
        self.destination = destination
        let target = try destination.database()
        guard let handle = sqlite3_backup_init(target, "main", try source.database(), "main") else {
            throw .last(sqlite3_extended_errcode(target), on: target)
        }
        self.handle = handle
    }

    deinit {
        // An unfinished copy is rolled back.
        sqlite3_backup_finish(handle)
    }

    /// Copies up to `pages` pages; the source is read-locked meanwhile and free between steps.
    package func step(pages: Int) throws(SQLiteError) -> Progress {
        guard let handle else { throw .misuse("the backup is finished") }
        let code = sqlite3_backup_step(handle, Int32(clamping: max(1, pages)))
        let primary = ResultCode(rawValue: code).primary
        let isBlocked = primary == .busy || primary == .locked
        guard code == SQLITE_OK || code == SQLITE_DONE || isBlocked else { throw finish(code) }
        let progress = Progress(
            remainingPages: Int(sqlite3_backup_remaining(handle)), totalPages: Int(sqlite3_backup_pagecount(handle)),
            isDone: code == SQLITE_DONE, isBlocked: isBlocked)
        if progress.isDone {
            self.handle = nil
            try destination.check(sqlite3_backup_finish(handle))
        }
        return progress
    }

    /// Ends the copy after a failure and tells it; the destination's message is set by the end only.
    private func finish(_ code: Int32) -> SQLiteError {
        sqlite3_backup_finish(handle)
        handle = nil
        return SQLiteError.last(code, on: try? destination.database())
    }
}

extension Connection {
    /// Copies this database over `destination`'s, in steps.
    ///
    /// It ends when the copy is whole. With a busy writer on another connection, open a read transaction on this one
    /// first (`begin(.deferred)` and one read), or the copy may start over without end.
    ///
    /// - Parameters:
    ///   - pagesPerStep: the longer a step, the longer the source is locked in it.
    ///   - onStep: called after each step; what it throws ends the backup.
    /// - Throws: `.busy` if a step finds a lock held past the busy timeout.
    package func backup(
        to destination: Connection, pagesPerStep: Int = 256, onStep: (OnlineBackup.Progress) throws -> Void = { _ in }
    ) throws {
        let backup = try OnlineBackup(from: self, to: destination)
        while true {
            let progress = try backup.step(pages: pagesPerStep)
            guard !progress.isBlocked else {
                throw SQLiteError(code: .busy, message: "the backup found the database locked")
            }
            try onStep(progress)
            if progress.isDone { return }
        }
    }
}
