internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension LedgerWriter {
    /// Settles a batch's request in the batch of commands under way; false when it is not open any more.
    func settle(_ batch: StoredBatch, _ end: BatchEnd) throws -> Bool {
        let isOpen = try !connection.query(
            "SELECT 1 FROM open_hold WHERE request_id = ?", [.integer(batch.requestID.rawValue)]
        ).isEmpty
        guard isOpen else { return false }
        let open = try OpenRow.read(
            batch.requestID, prices: try PriceReader.read(connection), connection: connection)
        try administer(.event, organizationID: batch.organizationID) { try insert(end, of: batch, into: $0) }
        let callsAreIsolated = isolatesCalls
        isolatesCalls = true
        defer { isolatesCalls = callsAreIsolated }
        _ = try settle(open.context, facts(batch, end, open))
        return true
    }

    private func insert(_ end: BatchEnd, of batch: StoredBatch, into transaction: LedgerTransaction) throws {
        try transaction.insert(
            .storedBatchResult,
            [
                .integer(batch.requestID.rawValue), .integer(transaction.logIndex), .text(end.status),
                .integer(end.answered), .integer(end.failed), .integer(end.unread),
            ])
        for output in end.outputs {
            let file = StoredFile(
                requestID: batch.requestID, projectID: batch.file.projectID, providerID: batch.file.providerID,
                credentialID: batch.file.credentialID, routeID: batch.file.routeID, upstreamID: output.upstreamID,
                purpose: "batch_output", bytes: nil, lines: nil)
            try transaction.insert(file, object: output.object)
        }
        if let object = end.object { try transaction.put(.batch, id: batch.requestID.rawValue, object) }
    }

    private func facts(_ batch: StoredBatch, _ end: BatchEnd, _ open: OpenRow) throws -> SettlementFacts {
        let started = try connection.query(
            "SELECT started_micros FROM stored_batch WHERE request_id = ?", [.integer(batch.requestID.rawValue)]
        ).first?.first?.integer
        let startedMicros = started ?? open.context.acceptedMicros
        let attempt = AttemptRow(
            deploymentID: open.deploymentID, providerID: open.providerID, credentialID: batch.file.credentialID,
            region: open.region,
            record: AttemptFacts(
                startedMicros: startedMicros, headAfterMicros: nil, firstTokenAfterMicros: nil,
                endedAfterMicros: max(0, nowMicros - startedMicros), status: 200, errorClass: nil,
                wasDispatched: true, servedModel: end.servedModel.map(Bounded.text),
                upstreamRequestID: Bounded.text(batch.upstreamID), rawUsage: end.rawUsage),
            charges: BatchCharges.lines(batch.file.lines, end, prices: open.prices))
        return SettlementFacts(
            attempts: [attempt], endedMicros: nowMicros, status: 200,
            endReason: Self.endReason(end), caveat: BatchCharges.caveat(end, hasCharges: !attempt.charges.isEmpty),
            openedAfterMicros: nil, origin: .batch)
    }

    private static func endReason(_ end: BatchEnd) -> EndReason {
        switch end.status {
        case "completed", "cancelled": .completed
        default: .error
        }
    }
}

/// What a batch is charged: what its results tell, and an estimate for answers that tell nothing.
enum BatchCharges {
    static func lines(_ lines: BatchLines?, _ end: BatchEnd, prices: PriceSet?) -> [ChargeLine] {
        if let lines, lines.endpoint.isFreeUnlessPriced, prices == nil { return [] }
        var charges = Charging.lines(for: end.usage, prices: prices, source: .provider)
        // A meter stands once among what the provider told: the price of a call itself is not in its usage.
        if prices?[.request] != nil, end.answered > 0 {
            charges += Charging.lines(for: Usage([.request: end.answered]), prices: prices, source: .counted)
        }
        guard end.unread > 0, let lines else { return charges }
        return charges + estimate(lines, unread: min(end.unread, lines.count), prices: prices)
    }

    /// The unread lines' share of the worst case, rounded up.
    private static func estimate(_ lines: BatchLines, unread: Int64, prices: PriceSet?) -> [ChargeLine] {
        let estimated = Charging.heldLines(
            estimatedInputTokens: share(lines.estimatedInputTokens, unread, of: lines.count),
            heldOutputTokens: share(lines.heldOutputTokens, unread, of: lines.count), prices: prices)
        return estimated.map { line in
            guard line.meter == .request else { return line }
            return Charging.lines(for: Usage([.request: unread]), prices: prices, source: .estimated).first ?? line
        }
    }

    private static func share(_ tokens: Int64, _ part: Int64, of whole: Int64) -> Int64 {
        let product = tokens.multipliedFullWidth(by: part)
        guard whole > 0, product.high < whole else { return tokens }
        let (quotient, remainder) = whole.dividingFullWidth(product)
        return remainder > 0 ? quotient + 1 : quotient
    }

    static func caveat(_ end: BatchEnd, hasCharges: Bool) -> Caveat? {
        if end.unread > 0, hasCharges { return end.answered == 0 ? .holdPosted : .usageEstimated }
        if end.hasUncountedUsage { return .usageUncounted }
        return end.isUsageInconsistent ? .usageInconsistent : nil
    }
}
