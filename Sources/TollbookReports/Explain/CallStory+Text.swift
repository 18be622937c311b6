internal import TollbookCore

extension CallStory {
    /// The story for a terminal, in the order in which it happened.
    mutating func text(asOf: Int64) throws -> String {
        var text = "\(id)  \(headline)\n\n"
        text += try facts(asOf: asOf)
        text += section("Decisions", try decisionTable())
        text += section("Attempts", attemptTable())
        text += section("Charges", try chargeTable())
        text += section("Transfers", try transferTable())
        text += section("Journal", try journalTable())
        return text + "\nNames and rows as of log index \(asOf). Trust level: \(VerifyResult.trustLevel).\n"
    }

    private var headline: String {
        guard let outcome = call.outcome else { return "open: in flight, its hold is reserved" }
        let reason = CodeNames.endReason[outcome.endReason] ?? "?"
        let caveat = CodeNames.caveat[outcome.caveat].map { ", \($0)" } ?? ""
        return "settled: \(reason), status \(outcome.status)\(caveat)"
    }

    private mutating func facts(asOf: Int64) throws -> String {
        let request = call.request
        let place = [
            names.organizations.name(request.organizationID), names.teams.name(request.teamID),
            names.projects.name(request.projectID),
        ].map { $0 ?? "?" }.joined(separator: " / ")
        var lines = [("who", place), ("key", names.keys.name(request.keyID) ?? "#\(request.keyID)")]
        func add(_ title: String, _ value: String?) {
            if let value { lines.append((title, value)) }
        }
        add("application", names.applications.name(request.applicationID))
        add("user", try subject(request.userSubjectID))
        add("end user", try subject(request.endUserSubjectID).map { "\($0) (as the caller named one)" })
        add("address", try subject(request.addressSubjectID))
        add("interaction", request.interaction)
        add("tags", request.tags)
        add("accepted", CivilTime.text(micros: request.acceptedMicros))
        add("ended", (call.outcome?.endedMicros).timeText)
        add("route", names.routes.name(request.routeID))
        add("asked for", CodeNames.endpoint[request.endpoint].map { request.stream == 0 ? $0 : "\($0), streamed" })
        add("upload", call.upload.map { "\($0.bodyBytes) bytes\($0.whole == 0 ? ", not whole" : "")" })
        let stored = try StoredStory(requestID: request.id, asOf: asOf, lookups.connection)
        add("batch", stored.batchText)
        for file in stored.files { add("file", "\(file.upstreamID) (\(file.purpose))") }
        add("revision", "\(request.revision)")
        add("hold", call.heldNano.decimalText)
        let total = call.total
        add("cost", total.amountNano.decimalText.map { "\($0) \(total.currency ?? "")" })
        let unpriced = call.charges.count { $0.priceID == nil }
        if unpriced > 0 { add("unpriced", "\(unpriced) charges have no price: their cost is unknown") }
        return lines.map { title, value in
            "  \(title)\(String(repeating: " ", count: 13 - title.count))\(TextTable.printable(value))\n"
        }.joined()
    }

    private func section(_ title: String, _ table: TextTable) -> String {
        guard table.rowCount > 0 else { return "" }
        return "\n\(title)\n" + table.text.split(separator: "\n").map { "  \($0)\n" }.joined()
    }

    private func decisionTable() throws -> TextTable {
        var table = TextTable([
            ("#", .right), ("stage", .left), ("verdict", .left), ("reason", .left), ("policy", .left),
            ("version", .right), ("figures", .left),
        ])
        for decision in call.decisions {
            let name = try lookups.policy(
                kind: decision.policyKind, id: decision.policyID, version: decision.policyVersion)
            let kind = CodeNames.policyKind[decision.policyKind] ?? "?"
            table.append([
                "\(decision.ordinal)", CodeNames.stage[decision.stage] ?? "?",
                CodeNames.verdict[decision.verdict] ?? "?", CodeNames.reason[decision.reason] ?? "?",
                name.map { "\(kind) \($0)" } ?? kind, decision.policyVersion.map(String.init) ?? "-",
                figures(decision),
            ])
        }
        return table
    }

    private func figures(_ decision: CallRecord.Decision) -> String {
        if let limit = decision.text(decision.limitNano) {
            let parts = [
                ("spent", decision.spentNano), ("held", decision.heldNano), ("asked", decision.askedNano),
            ].map { "\($0) \(decision.text($1) ?? "?")" }
            let unit = decision.unit.map { $0 == .money ? "" : " \($0.name)" } ?? ""
            return "limit \(limit)\(unit): " + parts.joined(separator: ", ")
        }
        let deployment = names.deployments.name(decision.deploymentID).map { "deployment \($0)" }
        return [deployment, decision.detail].compactMap(\.self).joined(separator: ", ")
    }

    private func attemptTable() -> TextTable {
        var table = TextTable([
            ("#", .right), ("deployment", .left), ("provider", .left), ("model", .left), ("region", .left),
            ("started", .left), ("head us", .right), ("first token us", .right), ("end us", .right),
            ("status", .right), ("error", .left),
        ])
        for attempt in call.attempts {
            func number(_ value: Int64?) -> String { value.map(String.init) ?? "-" }
            table.append([
                "\(attempt.ordinal)", names.deployments.name(attempt.deploymentID) ?? "#\(attempt.deploymentID)",
                names.providers.name(attempt.providerID) ?? "#\(attempt.providerID)",
                attempt.servedModel ?? model(attempt) ?? "-", attempt.region ?? "-",
                CivilTime.text(micros: attempt.startedMicros), number(attempt.headAfterMicros),
                number(attempt.firstTokenAfterMicros), number(attempt.endedAfterMicros), number(attempt.status),
                CodeNames.errorClass[attempt.errorClass] ?? "-",
            ])
        }
        return table
    }

    private func chargeTable() throws -> TextTable {
        var table = TextTable([
            ("#", .right), ("attempt", .right), ("meter", .left), ("quantity", .right), ("per million", .right),
            ("price", .right), ("in force from", .left), ("amount", .right), ("currency", .left), ("usage", .left),
        ])
        for charge in call.charges {
            let price = try charge.priceID.flatMap { try lookups.price($0) }
            table.append([
                "\(charge.ordinal)", charge.attemptOrdinal.map(String.init) ?? "-",
                CodeNames.meter[charge.meter] ?? "?", "\(charge.quantity)",
                price.map { Self.perMillion(picoPerUnit: $0.picoPerUnit) } ?? "unpriced",
                charge.priceID.map { "#\($0)" } ?? "-", (price?.effectiveFromMicros).timeText ?? "-",
                charge.amountNano.decimalText ?? "unknown", charge.currency ?? "-",
                CodeNames.usageSource[charge.usageSource] ?? "?",
            ])
        }
        return table
    }

    private func transferTable() throws -> TextTable {
        var table = TextTable([
            ("#", .right), ("kind", .left), ("code", .left), ("debit", .left), ("credit", .left), ("amount", .right),
            ("charge", .right),
        ])
        for transfer in call.transfers {
            table.append([
                "\(transfer.ordinal)", CodeNames.transferKind[transfer.kind] ?? "?",
                CodeNames.transferCode[transfer.code] ?? "?", try lookups.account(transfer.debitAccountID),
                try lookups.account(transfer.creditAccountID), NanoAmount(nano: transfer.amountNano).decimalText,
                transfer.chargeOrdinal.map { "#\($0)" } ?? "-",
            ])
        }
        return table
    }

    private func journalTable() throws -> TextTable {
        var table = TextTable([("log index", .right), ("kind", .left), ("time", .left), ("leaf hash", .left)])
        for index in logIndexes {
            guard let row = try lookups.journal(index) else { continue }
            table.append([
                "\(index)", CodeNames.journalKind[row.header.kind] ?? "?",
                CivilTime.text(micros: row.header.timeMicros),
                Hexadecimal.text(LeafHash.leaf(header: row.header, bodyHash: row.bodyHash)),
            ])
        }
        return table
    }
}
