internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension LedgerWriter {
    /// Closes every request that a crash left open: the hold is posted as estimated, correctable later. Batches that
    /// run at a provider stay open: their results are still to come.
    ///
    /// Runs before the ledger is ready, in batches of its own. Returns how many were closed.
    func recover() throws -> Int {
        var closed = 0
        while true {
            let ids = try connection.query(
                """
                SELECT request_id
                FROM open_hold
                WHERE request_id NOT IN (SELECT request_id FROM stored_batch)
                ORDER BY request_id
                LIMIT \(LedgerLimits.commandsPerBatch)
                """)
            guard !ids.isEmpty else { return closed }
            try begin()
            let requests = ids.compactMap { $0.first?.integer }.map { RequestID(rawValue: $0) }
            try recover(requests)
            try commit()
            closed += requests.count
        }
    }

    /// Closes open requests in the transaction under way.
    func recover(_ ids: [RequestID]) throws {
        let prices = try PriceReader.read(connection)
        for id in ids { try recover(id, prices: prices) }
        try flushRows()
    }

    private func recover(_ id: RequestID, prices: PriceReader) throws {
        let open = try OpenRow.read(id, prices: prices, connection: connection)
        let charges = open.charges
        let attempt = AttemptRow(
            deploymentID: open.deploymentID, providerID: open.providerID, credentialID: nil, region: open.region,
            record: AttemptFacts(
                startedMicros: open.context.acceptedMicros, headAfterMicros: nil, firstTokenAfterMicros: nil,
                endedAfterMicros: max(0, nowMicros - open.context.acceptedMicros), status: nil, errorClass: .crash,
                wasDispatched: true, servedModel: nil, upstreamRequestID: nil, rawUsage: nil),
            charges: charges)
        _ = try settle(
            open.context,
            SettlementFacts(
                attempts: [attempt], endedMicros: nowMicros, status: 500, endReason: .recovered,
                caveat: open.isCharged ? .holdPosted : nil, openedAfterMicros: nil))
    }
}

/// An open request as the file has it.
struct OpenRow {
    let context: RequestContext
    /// False: the call is free.
    let isCharged: Bool
    /// What calls of its endpoint may be charged by besides tokens.
    private let unit: Meter?
    let estimatedInputTokens: Int64
    let heldOutputTokens: Int64
    let deploymentID: Int64
    let providerID: Int64
    let region: String?
    let prices: PriceSet?

    /// The hold.
    var charges: [ChargeLine] {
        guard isCharged else { return [] }
        guard let hold = context.hold, let prices, let unit else {
            return Charging.heldLines(
                estimatedInputTokens: estimatedInputTokens, heldOutputTokens: heldOutputTokens,
                prices: context.hold == nil ? nil : prices)
        }
        return Charging.heldLines(
            estimatedInputTokens: estimatedInputTokens, heldOutputTokens: heldOutputTokens, unit: unit, hold: hold,
            prices: prices)
    }

    private static let sql: StaticString = """
        SELECT request.accepted_micros, request.organization_id, request.team_id, request.project_id,
          request.application_id, request.api_key_id, request.user_subject_id, request.route_id,
          open_hold.amount_nano, open_hold.currency, request.estimated_input_tokens, request.held_output_tokens,
          deployment.id, deployment.provider_id, deployment.region, deployment.model, request.endpoint,
          request.end_user_subject_id, request.tags
        FROM request
          JOIN open_hold ON open_hold.request_id = request.id
          JOIN decision ON decision.request_id = request.id
          JOIN deployment ON deployment.id = decision.deployment_id
        WHERE request.id = ? AND decision.verdict = 4
        ORDER BY decision.ordinal
        LIMIT 1
        """

    static func read(_ id: RequestID, prices: PriceReader, connection: Connection) throws -> OpenRow {
        let statement = try connection.cached(sql)
        try statement.bind(id.rawValue, at: 1)
        guard let row = try statement.first({ OpenRow(id: id, row: $0, prices: prices) }) else {
            throw TollbookError(
                .requestNotOpen, "open request \(id.text) has no row or no chosen deployment",
                hint: "Run `tollbook verify --data DIR`; the ledger is damaged.")
        }
        return row
    }

    private init(id: RequestID, row: borrowing Row, prices book: PriceReader) {
        let accepted = row.int64(at: 0)
        let provider = row.int64(at: 13)
        let hold = row.optionalInt64(at: 8).map(NanoAmount.init(nano:))
        let endpoint = Endpoint(rawValue: Int(row.int64(at: 16)))
        let isBatch = endpoint == .batches
        context = RequestContext(
            id: id, acceptedMicros: accepted, organizationID: row.int64(at: 1), teamID: row.int64(at: 2),
            projectID: row.int64(at: 3), applicationID: row.optionalInt64(at: 4), keyID: row.int64(at: 5),
            userSubjectID: row.optionalInt64(at: 6), endUserSubjectID: row.optionalInt64(at: 17),
            tags: row.optionalString(at: 18), routeID: row.int64(at: 7), deploymentID: row.int64(at: 12), hold: hold,
            currency: row.optionalString(at: 9), holdProviderID: provider,
            heldTokens: TokenCounts(input: row.int64(at: 10), output: row.int64(at: 11)), isBatch: isBatch)
        isCharged = (endpoint?.isCharged ?? true) && !(endpoint?.isFreeUnlessPriced ?? false && hold == .zero)
        unit = endpoint?.unit
        estimatedInputTokens = row.int64(at: 10)
        heldOutputTokens = row.int64(at: 11)
        deploymentID = row.int64(at: 12)
        providerID = provider
        region = row.optionalString(at: 14)
        prices = book.table(providerID: provider, model: row.string(at: 15)).prices(atMicros: accepted)
    }
}
