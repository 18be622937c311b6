/// A command that prints a credential: what is run, without a shell, and for how long its answer counts.
package struct CredentialCommand: Equatable, Sendable {
    /// More is a script's business.
    private static let maximumArguments = 64
    private static let maximumBytes = 8_192
    private static let maximumSeconds: Int64 = 86_400
    private static let defaultSeconds: Int64 = 300

    /// The program's absolute path and what it is given.
    package let arguments: [String]
    /// How long its answer counts.
    package let ttlSeconds: Int64

    /// - Parameter ttl: for example `15m`; nil: five minutes.
    /// - Throws: a `RuleViolation` that repeats nothing of what was written, which may be a credential.
    package init(_ arguments: [String], ttl: String?) throws(RuleViolation) {
        try self.init(arguments, ttlSeconds: try ttl.map(Self.seconds) ?? Self.defaultSeconds)
    }

    private init(_ arguments: [String], ttlSeconds: Int64) throws(RuleViolation) {
        let size = arguments.reduce(0) { $0 + $1.utf8.count }
        guard let program = arguments.first, FilePath.isAbsolute(program) else {
            throw RuleViolation(
                "the command does not begin with a program's absolute path",
                "Write for example command: [/usr/local/bin/print-token, openai].")
        }
        guard arguments.count <= Self.maximumArguments, size <= Self.maximumBytes,
            !arguments.contains(where: { $0.unicodeScalars.contains(where: ObjectName.isControl) })
        else {
            throw RuleViolation(
                "the command has a control character, more than \(Self.maximumArguments) arguments, or too many bytes",
                "Name a script that does it.")
        }
        if arguments.dropFirst().contains(where: Self.holdsSecret) {
            throw RuleViolation(
                "an argument of the command looks like a credential itself",
                "Let the command read it from a file or its environment; arguments are written down.")
        }
        self.arguments = arguments
        self.ttlSeconds = ttlSeconds
    }

    private static func holdsSecret(_ argument: String) -> Bool {
        let value = argument.split(separator: "=", maxSplits: 1).last ?? ""
        return CredentialSource.beginsLikeSecret(argument) || CredentialSource.beginsLikeSecret(value)
    }

    private static func seconds(_ text: String) throws(RuleViolation) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.count <= 6,
            digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let count = Int64(digits),
            (1...maximumSeconds).contains(count * unit)
        else { throw RuleViolation("the ttl is no time from 1s to 24h", "Write for example ttl: 15m.") }
        return count * unit
    }

    // MARK: As the ledger has it

    /// `command:900s:["/usr/local/bin/print-token","openai"]`
    package var source: String {
        let quoted = arguments.map { argument in
            let escaped = argument.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return "\"\(escaped)\""
        }
        return "command:\(ttlSeconds)s:[\(quoted.joined(separator: ","))]"
    }

    /// Reads `source` back.
    ///
    /// - Parameter text: what stands behind `command:`.
    package static func parse(_ text: Substring) throws(RuleViolation) -> CredentialCommand {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let arguments = list(parts[1]) else {
            throw RuleViolation(
                "what follows command: is not the form that the ledger has",
                "Write credential: {command: [/PROGRAM, ARGUMENT], ttl: 15m}.")
        }
        return try CredentialCommand(arguments, ttlSeconds: try seconds(String(parts[0])))
    }

    /// The texts of a JSON list in which only quotes and backslashes are escaped; nil for anything else.
    private static func list(_ text: Substring) -> [String]? {
        guard text.hasPrefix("[\""), text.hasSuffix("\"]") else { return nil }
        var list: [String] = []
        var rest = text.unicodeScalars.dropFirst().dropLast()
        while rest.popFirst() == "\"" {
            var argument = String.UnicodeScalarView()
            var last = rest.popFirst()
            while let scalar = last, scalar != "\"" {
                guard let taken = scalar == "\\" ? rest.popFirst() : scalar else { return nil }
                argument.append(taken)
                last = rest.popFirst()
            }
            guard last != nil else { return nil }
            list.append(String(argument))
            if rest.isEmpty { return list }
            guard rest.popFirst() == "," else { return nil }
        }
        return nil
    }
}
