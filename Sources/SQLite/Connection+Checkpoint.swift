internal import CSQLite

extension Connection {
    /// How hard a checkpoint tries. See https://www.sqlite.org/c3ref/wal_checkpoint_v2.html
    package enum CheckpointMode: Sendable {
        /// As much as readers allow, waiting for nobody.
        case passive
        /// Waits for the writer, then copies everything.
        case full
        /// Like `full`, then waits until no reader uses the log, so that the next writer starts it anew.
        case restart
        /// Like `restart`, then cuts the log file to nothing.
        case truncate
    }

    /// What a checkpoint did.
    package struct CheckpointResult: Hashable, Sendable {
        /// Frames (pages) in the log; 0 after `truncate`, -1 if the database has no log.
        package let logFrames: Int
        /// Frames of those that are in the database file now.
        package let checkpointedFrames: Int
        /// A reader or writer was in the way: it did less than the mode says.
        package let isBusy: Bool

        package init(logFrames: Int, checkpointedFrames: Int, isBusy: Bool) {
            self.logFrames = logFrames
            self.checkpointedFrames = checkpointedFrames
            self.isBusy = isBusy
        }
    }

    /// Copies the log into the database file.
    ///
    /// - Throws: `.locked` if this connection has a write transaction open; I/O errors. Being busy is a result.
    package func checkpoint(_ mode: CheckpointMode) throws(SQLiteError) -> CheckpointResult {
        var logFrames: Int32 = -1
        var checkpointed: Int32 = -1
        let code = sqlite3_wal_checkpoint_v2(try database(), nil, mode.code, &logFrames, &checkpointed)
        let isBusy = ResultCode(rawValue: code).primary == .busy
        if !isBusy { try check(code) }
        return CheckpointResult(
            logFrames: Int(logFrames), checkpointedFrames: Int(checkpointed), isBusy: isBusy)
    }

    /// Calls `didCommit` after each commit to the log, with the number of frames (pages) now in it; nil stops that.
    ///
    /// It runs inside COMMIT on this thread and must not use the connection. It replaces `wal_autocheckpoint`, and
    /// setting that pragma replaces it. See https://www.sqlite.org/c3ref/wal_hook.html
    package func setLogHook(_ didCommit: ((_ logFrames: Int) -> Void)?) throws(SQLiteError) {
        let database = try database()
        callbacks.didCommitToLog = didCommit
        guard didCommit != nil else {
            sqlite3_wal_hook(database, nil, nil)
            return
        }
        sqlite3_wal_hook(
            database,
            { pointer, _, _, frames in
                ConnectionCallbacks.from(pointer)?.didCommitToLog?(Int(frames))
                return SQLITE_OK
            }, callbacks.pointer)
    }
}

extension Connection.CheckpointMode {
    fileprivate var code: Int32 {
        switch self {
        case .passive: SQLITE_CHECKPOINT_PASSIVE
        case .full: SQLITE_CHECKPOINT_FULL
        case .restart: SQLITE_CHECKPOINT_RESTART
        case .truncate: SQLITE_CHECKPOINT_TRUNCATE
        }
    }
}
