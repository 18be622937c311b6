internal import Logging
internal import NIOCore
internal import Synchronization
internal import TollbookPolicy

/// A credential that a command prints. Thread-safe; only `run` blocks.
final class CommandCredential: Sendable {
    private struct State {
        var schedule: CommandSchedule
        var secret: CredentialSecret?
        var waiting: [EventLoopPromise<Void>] = []
        var fault: CommandFault?
    }

    private let command: CredentialCommand
    private let logger: Logger
    private let state: Mutex<State>
    /// Whether somebody has asked for it since the last run.
    private let wasUsed = Atomic(false)

    init(_ command: CredentialCommand, logger: Logger) {
        self.command = command
        self.logger = logger
        state = Mutex(State(schedule: CommandSchedule(ttlSeconds: command.ttlSeconds)))
    }

    func lookup() -> CredentialStore.Lookup {
        wasUsed.store(true, ordering: .relaxed)
        return state.withLock { state in
            switch state.schedule.found {
            case .ready: state.secret.map { .ready($0) } ?? .unavailable
            case .unavailable: .unavailable
            case .awaited: .unknown
            }
        }
    }

    /// Awaits the run that goes on, or the first one.
    ///
    /// - Returns: when that run has ended, and whether the caller is to `run` it.
    func wait(on eventLoop: any EventLoop) -> (EventLoopFuture<Void>, isToRun: Bool) {
        let promise = eventLoop.makePromise(of: Void.self)
        let (isRunning, isToRun) = state.withLock { state in
            let isToRun = state.schedule.begin(nowNanos: NIODeadline.now().uptimeNanoseconds)
            if state.schedule.isRunning { state.waiting.append(promise) }
            return (state.schedule.isRunning, isToRun)
        }
        if !isRunning { promise.succeed() }
        return (promise.futureResult, isToRun)
    }

    /// Whether it is time to `run` it again.
    func isDue() -> Bool {
        let used = wasUsed.load(ordering: .relaxed)
        return state.withLock { state in
            state.schedule.beginIfDue(nowNanos: NIODeadline.now().uptimeNanoseconds, wasUsed: used)
        }
    }

    /// A provider refused it.
    func refused() {
        state.withLock { $0.schedule.refused() }
    }

    /// Runs the command to its end. Blocks.
    func run(among children: ChildProcesses) {
        wasUsed.store(false, ordering: .relaxed)
        let result = children.output(
            of: command.arguments, limit: GatewayLimits.credentialBytes, millis: GatewayLimits.commandMillis)
        let secret = (try? result.get()).flatMap { String(validating: $0, as: UTF8.self) }
            .flatMap { CredentialSecret(text: $0) }
        var fault: CommandFault?
        if case .failure(let failure) = result { fault = failure } else if secret == nil { fault = .noCredential }
        ended(secret, fault)
    }

    /// It will not be run: the server goes down.
    func cancelled() {
        ended(nil, .notStarted)
    }

    private func ended(_ secret: CredentialSecret?, _ fault: CommandFault?) {
        let (waiting, before) = state.withLock { state in
            state.schedule.ended(isGood: secret != nil)
            if let secret { state.secret = secret }
            let (waiting, before) = (state.waiting, state.fault)
            state.waiting = []
            state.fault = fault
            return (waiting, before)
        }
        if let fault, fault != before {
            logger.error(
                "The command of a credential failed",
                metadata: ["program": "\(command.arguments.first ?? "")", "reason": "\(fault)"])
        }
        for promise in waiting { promise.succeed() }
    }
}
