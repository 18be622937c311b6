internal import NIOCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Runs programs for what they print, without a shell: nothing on their input, their errors dropped, the server's
/// environment and directory, a process group of their own. Thread-safe.
final class ChildProcesses: Sendable {
    /// Descriptors below it are closed in a child: the usual limit of a process.
    private static let closedDescriptors: Int32 = 1_024

    private struct Running {
        var identifiers: Set<pid_t> = []
        var isStopped = false
    }

    private let running = Mutex(Running())
    private let environment: [String]

    /// - Parameter environment: each as `NAME=value`.
    init(environment: [String]) {
        self.environment = environment
    }

    /// Kills those that run and starts no more.
    func stop() {
        running.withLock { running in
            running.isStopped = true
            for identifier in running.identifiers { kill(-identifier, SIGKILL) }
        }
    }

    /// What a program prints until it ends. Blocks.
    ///
    /// - Parameters:
    ///   - arguments: the program's path and what it is given.
    ///   - limit: bytes; the program is killed where it prints more.
    ///   - millis: it is killed where it takes longer.
    func output(of arguments: [String], limit: Int, millis: Int64) -> Result<[UInt8], CommandFault> {
        let deadline = NIODeadline.now() + .milliseconds(millis)
        guard let (child, pipe) = start(arguments) else { return .failure(.notStarted) }
        defer { close(pipe) }
        let output = Self.printed(into: pipe, limit: limit, until: deadline)
        if case .failure = output { kill(-child, SIGKILL) }
        guard let status = end(of: child, until: deadline) else { return .failure(.timedOut) }
        return output.flatMap { bytes in
            // Ended by itself: the signal's number is 0.
            guard status & 0x7F == 0 else { return .failure(.killed(signal: status & 0x7F)) }
            let code = status >> 8 & 0xFF
            return code == 0 ? .success(bytes) : .failure(.failed(code: code))
        }
    }

    private static func printed(
        into pipe: Int32, limit: Int, until deadline: NIODeadline
    ) -> Result<[UInt8], CommandFault> {
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let left = (deadline - .now()).nanoseconds / 1_000_000
            guard left > 0 else { return .failure(.timedOut) }
            var waited = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Int32(clamping: left)) > 0 else { continue }
            let count = read(pipe, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? .success(output) : .failure(.notStarted) }
            output += piece[..<count]
            guard output.count <= limit else { return .failure(.tooMuchOutput) }
        }
    }

    /// The status that the child ends with; it is killed at the deadline, and nil comes back.
    private func end(of child: pid_t, until deadline: NIODeadline) -> Int32? {
        var isLate = false
        var pause: Int32 = 1
        while true {
            var status: Int32 = 0
            let isOver = running.withLock { running in
                // Under the lock: `stop` kills no process that took the number afterwards.
                guard waitpid(child, &status, WNOHANG) != 0 else { return false }
                running.identifiers.remove(child)
                return true
            }
            if isOver { return isLate ? nil : status }
            if !isLate, NIODeadline.now() >= deadline {
                isLate = true
                kill(-child, SIGKILL)
            }
            _ = poll(nil, 0, pause)
            pause = min(pause * 2, 50)
        }
    }

    /// The child and the end of the pipe that its output comes from.
    private func start(_ arguments: [String]) -> (pid_t, Int32)? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        Self.reset(&attributes)
        // Under the lock: another child must not inherit the pipe before it is marked.
        return running.withLock { running in
            var ends: [Int32] = [-1, -1]
            guard !running.isStopped, pipe(&ends) == 0 else { return nil }
            defer { close(ends[1]) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
            // Not every library marks what it opens; closing what is not open is no error here.
            for descriptor in 3..<Self.closedDescriptors {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
            guard let child = Self.spawn(arguments, environment, &actions, &attributes) else {
                close(ends[0])
                return nil
            }
            running.identifiers.insert(child)
            return (child, ends[0])
        }
    }

    /// A group of its own, to be killed as one, and none of the signals that the server ignores.
    private static func reset(_ attributes: inout posix_spawnattr_t) {
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t,
        _ attributes: inout posix_spawnattr_t
    ) -> pid_t? {
        let words = (arguments + environment).map { strdup($0) }
        defer { for word in words { free(word) } }
        guard let program = arguments.first, !words.contains(nil) else { return nil }
        let given = Array(words[..<arguments.count]) + [nil]
        let variables = Array(words[arguments.count...]) + [nil]
        var child: pid_t = 0
        return posix_spawn(&child, program, &actions, &attributes, given, variables) == 0 ? child : nil
    }
}

/// Why a command gave no credential. Holds nothing of what it printed.
enum CommandFault: Error, Equatable, CustomStringConvertible {
    case notStarted
    case timedOut
    case tooMuchOutput
    case failed(code: Int32)
    case killed(signal: Int32)
    case noCredential

    /// What is wrong; without a full stop.
    var description: String {
        switch self {
        case .notStarted: "it cannot be started"
        case .timedOut: "it took over \(GatewayLimits.commandMillis / 1_000) s and was killed"
        case .tooMuchOutput: "it printed over \(GatewayLimits.credentialBytes) bytes and was killed"
        case .failed(let code): "it ended with exit code \(code)"
        case .killed(let signal): "signal \(signal) ended it"
        case .noCredential: "what it printed is no credential: empty, or more than one line"
        }
    }
}
