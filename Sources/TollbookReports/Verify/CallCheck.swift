internal import SQLite
internal import TollbookCore

/// Checks one request's rows against each other and against what they point at.
struct CallCheck {
    let call: StoredCall
    let request: StoredCall.Request
    /// The request's commands, as the journal has them.
    let commands: [JournalReader.Header]
    let references: ReferenceBook
    let journal: JournalReader
    let log: FindingLog

    func run() throws {
        try checkReferences()
        try checkRequest()
        try checkDecisions()
        try checkAttempts()
        checkOutcome()
        ChargeCheck(call: call, request: request, references: references, log: log).run()
        TransferCheck(call: call, request: request, references: references, log: log).run()
    }

    private func found(_ check: VerifyCheck, _ table: String, ordinal: Int64? = nil, _ message: String) {
        let key = ordinal.map { "\(call.text)/\($0)" } ?? call.text
        log.add(check, table, key, at: request.logIndex, message)
    }

    private func checkReferences() throws {
        var objects: [(ReferenceBook.Kind, Int64)] = []
        objects.reserveCapacity(6)
        objects.append((.organization, request.organizationID))
        objects.append((.team, request.teamID))
        objects.append((.project, request.projectID))
        objects.append((.key, request.keyID))
        objects.append((.route, request.routeID))
        if let id = request.applicationID { objects.append((.application, id)) }
        for (kind, id) in objects where !references.has(kind, id) {
            found(.reference, "request", "it names a \(kind) \(id) that is not there")
        }
        for id in [request.userSubjectID, request.endUserSubjectID, request.addressSubjectID] {
            guard let id, try !references.hasSubject(id) else { continue }
            found(.reference, "request", "it names a subject that is not there")
        }
    }

    private func checkRequest() throws {
        if !RequestWindow.finds(id: call.id, acceptedMicros: request.acceptedMicros) {
            found(.request, "request", "its id and its time of acceptance are more than an hour apart")
        }
        let isRevision = try references.isRevision(request.revision, journal: journal)
        if !isRevision || request.revision > request.logIndex {
            found(.request, "request", "its revision \(request.revision) is no governance change before it")
        }
        guard let command = commands.first(where: { $0.logIndex == request.logIndex }) else { return }
        if !Self.isKind(command, [.open, .deny]) {
            found(.request, "request", "the command that wrote it neither opened nor refused it")
        }
        if command.organizationID != request.organizationID {
            found(.request, "request", "its journal row names another organization")
        }
    }

    private func checkDecisions() throws {
        checkOrdinals("decision", call.decisions.map(\.ordinal))
        if call.decisions.isEmpty { found(.request, "request", "no decision was recorded") }
        for decision in call.decisions {
            if let id = decision.deploymentID, !references.has(.deployment, id) {
                found(
                    .reference, "decision", ordinal: decision.ordinal,
                    "it names deployment \(id), which is not there")
            }
            guard let id = decision.policyID, let version = decision.policyVersion else { continue }
            let isThere = try references.hasVersion(policyKind: decision.policyKind, id: id, version: version)
            guard !isThere else { continue }
            found(
                .reference, "decision", ordinal: decision.ordinal,
                "it names version \(version) of policy \(id), which is not there")
        }
    }

    private func checkAttempts() throws {
        checkOrdinals("attempt", call.attempts.map(\.ordinal))
        for attempt in call.attempts {
            if !references.has(.deployment, attempt.deploymentID) {
                found(
                    .reference, "attempt", ordinal: attempt.ordinal,
                    "it names deployment \(attempt.deploymentID), which is not there")
            }
            if !references.has(.provider, attempt.providerID) {
                found(
                    .reference, "attempt", ordinal: attempt.ordinal,
                    "it names provider \(attempt.providerID), which is not there")
            }
            guard let id = attempt.credentialID, !references.has(.credential, id) else { continue }
            found(.reference, "attempt", ordinal: attempt.ordinal, "it names credential \(id), which is not there")
        }
    }

    private func checkOutcome() {
        guard let outcome = call.outcome else {
            if call.hold == nil { found(.outcome, "request", "it has neither an outcome nor an open hold") }
            if !call.attempts.isEmpty || !call.charges.isEmpty {
                found(.outcome, "request", "it has attempts or charges and no outcome")
            }
            if call.upload != nil { found(.outcome, "upload", "its request has no outcome") }
            return
        }
        if call.hold != nil { found(.outcome, "open_hold", "the request has an outcome and is still held") }
        if let command = commands.first(where: { $0.logIndex == outcome.logIndex }),
            !Self.isKind(command, [.settle, .deny])
        {
            found(.outcome, "outcome", "the command that wrote it neither settled nor refused the request")
        }
        if let upload = call.upload, upload.logIndex != outcome.logIndex {
            found(.outcome, "upload", "another command than the outcome's wrote it")
        }
        checkTotal(outcome)
        let isDenied = outcome.endReason == Int64(EndReason.denied.rawValue)
        let hasDenial = call.decisions.last?.verdict == Int64(Verdict.deny.rawValue)
        if isDenied != hasDenial { found(.outcome, "outcome", "its end reason and its last decision contradict") }
        guard isDenied, !call.attempts.isEmpty || !call.charges.isEmpty || !call.transfers.isEmpty else { return }
        found(.outcome, "outcome", "a refused request has attempts, charges or transfers")
    }

    /// The total at the settlement: charges that later commands add are not in it.
    private func checkTotal(_ outcome: StoredCall.Outcome) {
        var sum: Int64? = 0
        var currency: String?
        for charge in call.charges where charge.logIndex <= outcome.logIndex {
            sum = CheckedSum.adding(sum, charge.amountNano)
            currency = currency ?? charge.currency
        }
        if outcome.totalNano != sum {
            found(.outcome, "outcome", "its total is not the sum of the request's charges")
        }
        if outcome.currency != currency { found(.outcome, "outcome", "its currency is not the charges'") }
    }

    /// Ordinals are dense from 0: a gap is a row that was removed.
    private func checkOrdinals(_ table: String, _ ordinals: [Int64]) {
        for (position, ordinal) in ordinals.enumerated() where ordinal != Int64(position) {
            found(.request, table, ordinal: ordinal, "ordinal \(position) is missing before it")
            return
        }
    }

    private static func isKind(_ header: JournalReader.Header, _ kinds: [JournalKind]) -> Bool {
        kinds.contains { Int64($0.rawValue) == header.kind }
    }
}
