/// What a verification found, and what it looked at.
package struct VerifyResult: Sendable {
    /// How much was looked at.
    package struct Counts: Sendable, Equatable {
        package var journalRows: Int64 = 0
        package var requests: Int64 = 0
        package var attempts: Int64 = 0
        package var charges: Int64 = 0
        package var transfers: Int64 = 0
        package var decisions: Int64 = 0
        package var openRequests: Int64 = 0
        /// Rows of versions, prices, accounts, events and exports.
        package var otherRows: Int64 = 0
    }

    /// In the order found; at most `ReportLimits.findings`.
    package let findings: [Finding]
    package let counts: Counts
    /// The newest journal index; -1: none.
    package let headIndex: Int64
    /// False when it stopped at the limit of findings.
    package let isComplete: Bool

    /// What a clean result proves, and what it does not.
    package let trustLevel = VerifyResult.trustLevel

    package static let trustLevel = "none: leaf hashes only"
    package static let trustStatement =
        "Leaf hashes show that rows fit the journal. They show no tail that was cut off and no history that was "
        + "rewritten as a whole: no tamper evidence is claimed."

    package var isClean: Bool { findings.isEmpty && isComplete }
}

extension VerifyResult {
    package var json: ReportJSON {
        .members([
            "clean": .bool(isClean),
            "complete": .bool(isComplete),
            "trust_level": .string(trustLevel),
            "trust_statement": .string(Self.trustStatement),
            "head_index": .integer(headIndex),
            "counts": .members([
                "journal_rows": .integer(counts.journalRows),
                "requests": .integer(counts.requests),
                "attempts": .integer(counts.attempts),
                "charges": .integer(counts.charges),
                "transfers": .integer(counts.transfers),
                "decisions": .integer(counts.decisions),
                "open_requests": .integer(counts.openRequests),
                "other_rows": .integer(counts.otherRows),
            ]),
            "findings": .array(findings.map(\.json)),
        ])
    }

    /// For a terminal.
    package var text: String {
        var text = ""
        for finding in findings { text += TextTable.printable(finding.text) + "\n" }
        if !isComplete { text += "stopped after \(findings.count) findings\n" }
        text += "\(counts.requests) requests, \(counts.charges) charges, \(counts.transfers) transfers, "
        text += "\(counts.journalRows) journal rows up to log index \(headIndex)\n"
        text += findings.isEmpty ? "clean\n" : "\(findings.count) findings\n"
        return text + "trust level: \(trustLevel). \(Self.trustStatement)\n"
    }
}

extension Finding {
    package var json: ReportJSON {
        .members([
            "check": .string(check.rawValue), "table": .string(table), "key": .string(key),
            "log_index": .optional(logIndex), "message": .string(message),
        ])
    }

    /// One line.
    package var text: String {
        let place = key.isEmpty ? table : "\(table) \(key)"
        return "\(check.rawValue): \(place)\(logIndex.map { " (log index \($0))" } ?? ""): \(message)"
    }
}
