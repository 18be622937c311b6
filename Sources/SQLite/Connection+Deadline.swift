internal import CSQLite

extension Connection {
    /// Asks `shouldStop` about every `instructions` of SQLite's virtual machine; true ends the statement with
    /// `.interrupt`. nil takes the handler away.
    ///
    /// It runs on this connection's thread, inside `step()`, and must not use the connection. A thousand instructions
    /// take some tens of microseconds. Waiting for a lock counts none: bound that with `setBusyTimeout`.
    /// See https://www.sqlite.org/c3ref/progress_handler.html
    package func setProgressHandler(
        everyInstructions instructions: Int = 1_000, _ shouldStop: (() -> Bool)?
    ) throws(SQLiteError) {
        let database = try database()
        callbacks.shouldStop = shouldStop
        guard shouldStop != nil else {
            sqlite3_progress_handler(database, 0, nil, nil)
            return
        }
        sqlite3_progress_handler(
            database, Int32(clamping: max(1, instructions)),
            { pointer in ConnectionCallbacks.from(pointer)?.shouldStop?() == true ? 1 : 0 }, callbacks.pointer)
    }

    /// Ends statements that still run at `deadline` with `.interrupt`; nil takes the deadline away.
    ///
    /// - Parameter now: the clock, injected by tests.
    package func setProgressDeadline(
        _ deadline: ContinuousClock.Instant?, now: @escaping () -> ContinuousClock.Instant = { .now }
    ) throws(SQLiteError) {
        guard let deadline else { return try setProgressHandler(nil) }
        try setProgressHandler { now() >= deadline }
    }
}
