internal import NIOPosix
package import SQLite
internal import Synchronization
internal import TollbookCore

/// The threads on which the control plane reads the ledger, so that neither an event loop nor the cooperative pool
/// ever waits for SQLite.
///
/// Each job gets a read-only connection of its own, opened and closed on its thread; connections are not Sendable.
package final class ReadPool: Sendable {
    /// Opens a read-only connection; called on a thread of the pool.
    package typealias Opener = @Sendable () throws -> Connection

    private let threads: NIOThreadPool
    private let open: Opener
    private let limit: Int
    private let admitted = Mutex(0)

    /// Starts the threads.
    ///
    /// - Parameter waiting: jobs that may wait for a thread beyond those that run.
    package init(
        threads count: Int = ControlLimits.readThreads, waiting: Int = ControlLimits.waitingReads,
        open: @escaping Opener
    ) {
        threads = NIOThreadPool(numberOfThreads: count)
        limit = count + waiting
        self.open = open
        threads.start()
    }

    /// Runs `body` on a thread of the pool.
    ///
    /// - Throws: `readers_busy` when the queue is full, before anything ran; else what opening or `body` throws.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        let open = open
        return try await run {
            let connection = try open()
            defer { try? connection.close() }
            return try body(connection)
        }
    }

    /// Runs `body`, which brings its own connection or none, on a thread of the pool.
    ///
    /// - Throws: as `read`.
    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try enter()
        defer { admitted.withLock { $0 -= 1 } }
        return try await threads.runIfActive { try body() }
    }

    /// Lets running jobs end and stops the threads; later reads throw.
    package func shutdown() async {
        try? await threads.shutdownGracefully()
    }

    private func enter() throws {
        let isAdmitted = admitted.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw TollbookError(
                .readersBusy, "every reader of the ledger is busy", hint: "try again when the running reads are done")
        }
    }
}
