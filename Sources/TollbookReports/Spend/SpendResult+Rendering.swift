internal import TollbookCore

extension SpendResult {
    /// The report as the commands and the control plane answer it (README, "Reports").
    ///
    /// Amounts are decimal texts with nine decimals; times are RFC 3339 in the report's zone.
    package var json: ReportJSON {
        var members: [ReportJSON.Member] = [
            .init("as_of_index", .integer(asOfIndex)),
            .init("from", .string(text(ofMicros: fromMicros))),
            .init("to", .string(text(ofMicros: toMicros))),
            .init("time_zone", .string(timeZone)),
            .init("basis", .string(basis.rawValue)),
        ]
        if let filter = filter.json { members.append(.init("filter", filter)) }
        members.append(.init("rows", .array(rows.map { row in json(row) })))
        return .object(members)
    }

    /// The rows as CSV (see `CSVBuffer`), amounts as a decimal and in nano-units.
    package var csv: [UInt8] {
        var buffer = CSVBuffer()
        buffer.appendLine(
            dimensions.map(\.rawValue) + [
                "requests", "denied", "estimated", "unpriced", "open_holds", "spend", "spend_nano", "currency",
            ])
        for row in rows {
            for label in row.labels { buffer.append(text: label) }
            for count in row.counts { buffer.append(count) }
            buffer.append(amount: row.spend.nano)
            buffer.append(row.spend.nano)
            buffer.append(text: row.currency)
            buffer.endLine()
        }
        return buffer.bytes
    }

    /// The rows as a table for a terminal, with a total for each currency and what the report was made of.
    package var table: String {
        var table = TextTable(
            dimensions.map { ($0.rawValue, .left) } + [
                ("requests", .right), ("denied", .right), ("estimated", .right), ("unpriced", .right),
                ("open holds", .right), ("spend", .right), ("currency", .left),
            ])
        for row in rows { table.append(cells(row, labels: row.labels.map { $0 ?? "-" })) }
        if !dimensions.isEmpty, rows.count > 1 {
            for total in totals {
                table.append(cells(total, labels: ["total"] + dimensions.dropFirst().map { _ in "" }))
            }
        }
        let period = "\(text(ofMicros: fromMicros)) to \(text(ofMicros: toMicros)), \(timeZone)"
        return table.text + "\n\(period), basis \(basis.rawValue), as of log index \(asOfIndex)\n"
    }

    /// One sum for each currency, in order of the currency. A sum that does not fit is left out.
    private var totals: [Row] {
        var sums: [String: SpendGroups.Sums] = [:]
        for row in rows {
            let added = SpendGroups.Sums(
                requests: row.requests, denied: row.denied, estimated: row.estimated, unpriced: row.unpriced,
                openHolds: row.openHolds, spendNano: row.spend.nano)
            guard (try? sums[row.currency, default: .init()].add(added)) != nil else { return [] }
        }
        return sums.keys.sorted().map { currency in
            let sum = sums[currency] ?? .init()
            return Row(
                labels: [], requests: sum.requests, denied: sum.denied, estimated: sum.estimated,
                unpriced: sum.unpriced, openHolds: sum.openHolds, spend: NanoAmount(nano: sum.spendNano),
                currency: currency)
        }
    }

    private func json(_ row: Row) -> ReportJSON {
        var members = zip(dimensions, row.labels).map { dimension, label in
            ReportJSON.Member(dimension.rawValue, .optional(label))
        }
        members += [
            .init("requests", .integer(row.requests)),
            .init("denied", .integer(row.denied)),
            .init("estimated", .integer(row.estimated)),
            .init("unpriced", .integer(row.unpriced)),
            .init("open_holds", .integer(row.openHolds)),
            .init("spend", .string(row.spend.decimalText)),
            .init("currency", .string(row.currency)),
        ]
        return .object(members)
    }

    private func cells(_ row: Row, labels: [String]) -> [String] {
        labels + row.counts.map(String.init) + [row.spend.decimalText, row.currency]
    }

    private func text(ofMicros micros: Int64) -> String {
        CivilTime.text(micros: micros, offsetSeconds: ReportTimeZone(timeZone).offsetSeconds(atMicros: micros))
    }
}

extension SpendResult.Row {
    fileprivate var counts: [Int64] { [requests, denied, estimated, unpriced, openHolds] }
}

extension SpendQuery.Filter {
    /// Its ids by name; nil when it narrows nothing.
    fileprivate var json: ReportJSON? {
        let ids: KeyValuePairs<String, Int64?> = [
            "organization_id": organizationID, "team_id": teamID, "project_id": projectID,
            "application_id": applicationID, "key_id": keyID, "user_subject_id": userSubjectID, "route_id": routeID,
        ]
        let members = ids.compactMap { name, id in id.map { ReportJSON.Member(name, .integer($0)) } }
        return members.isEmpty ? nil : .object(members)
    }
}
