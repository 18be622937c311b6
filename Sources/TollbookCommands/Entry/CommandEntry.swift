internal import ArgumentParser
internal import SQLite
internal import TollbookControl
internal import TollbookCore
internal import TollbookPolicy

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Runs the command that the arguments name and ends the process with its exit code.
package enum CommandEntry {
    package static func run() async -> Never {
        // A reader that closed its end of a pipe is seen as EPIPE by whoever writes, never as a signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try TollbookCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as GovernanceDocumentError {
            StandardError.write(ErrorText.text(error))
            exit(ExitStatus.failure.rawValue)
        } catch let error as TollbookError {
            StandardError.write(ErrorText.text(error))
            exit(ExitStatus(error.code).rawValue)
        } catch let error as SQLiteError {
            StandardError.write(ErrorText.text(error))
            exit(ExitStatus.failure.rawValue)
        } catch let status as ExitStatusError {
            exit(status.status.rawValue)
        } catch {
            // The parser's own errors: usage, --help, --version.
            TollbookCommand.exit(withError: error)
        }
        exit(ExitStatus.success.rawValue)
    }
}

/// Ends a command that has already said what is wrong.
struct ExitStatusError: Error {
    let status: ExitStatus
}

/// How an error looks on stderr.
enum ErrorText {
    static func text(_ error: GovernanceDocumentError) -> String {
        text(
            TollbookError(
                .governanceInvalid, "the governance document is refused; nothing was applied", cause: error.description)
        )
    }

    static func text(_ error: SQLiteError) -> String {
        text(TollbookError(.ledgerUnreadable, "the ledger cannot be read", cause: error.description, hint: error.hint))
    }

    static func text(_ error: TollbookError) -> String {
        var lines = ["error: \(error.message)"]
        if let cause = error.cause {
            lines += cause.split(separator: "\n").map { "  \($0)" }
        }
        if let hint = error.hint { lines.append("hint: \(hint)") }
        lines.append("code: \(error.code.rawValue)")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TollbookError.Code {
    /// SQLite cannot read the ledger's file.
    static let ledgerUnreadable = Self(rawValue: "ledger_unreadable")
}
