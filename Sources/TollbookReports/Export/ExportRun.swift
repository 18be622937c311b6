package import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// One run of an export: a CSV and its manifest, the same bytes for the same index whenever it runs (but for persons
/// erased in between, whom the manifest lists).
package enum ExportRun {
    /// Writes both files and commits them; for reading straight from the file, unrecorded.
    ///
    /// - Throws: as `writeRows`.
    package static func run(
        _ connection: Connection, _ query: ExportQuery, toolVersion: String, sink: inout some ExportSink
    ) throws -> ExportManifest {
        let manifest = try writeRows(connection, query, toolVersion: toolVersion, sink: &sink)
        try finish(manifest, sink: &sink)
        return manifest
    }

    /// Writes the CSV. The caller may record the export before it finishes it.
    ///
    /// - Throws: `period_invalid`, `time_zone_unknown`, `as_of_unknown`, `amount_overflow`, or what the sink throws.
    package static func writeRows(
        _ connection: Connection, _ query: ExportQuery, toolVersion: String, sink: inout some ExportSink
    ) throws -> ExportManifest {
        try validate(query)
        let asOf = try LedgerHead.asOf(query.asOf, connection)
        var names = try CallNames(asOf: asOf, connection: connection)
        var output = ExportOutput(query.name)
        let fileName = query.name.rawValue + ".csv"
        try sink.begin(fileName)
        output.appendHeader()
        var reader = try CallReader(connection, asOf: asOf)
        try reader.forEachCall(fromMicros: query.fromMicros, toMicros: query.toMicros) { call in
            try output.append(call, &names)
            if output.isFull { try output.drain(into: &sink) }
        }
        try output.drain(into: &sink)
        try sink.end()
        return ExportManifest(
            toolVersion: toolVersion, query: query, asOfIndex: asOf, columns: output.columns,
            rowCount: output.rowCount, openCount: output.openCount, amountNano: output.amounts.byCurrency,
            sums: output.sums, erasedSubjects: names.subjects.erasedSubjects.sorted(), fileName: fileName,
            fileBytes: output.byteCount, sha256: Hexadecimal.text(output.digest), recordedIndex: nil)
    }

    /// Writes the manifest and makes both files visible.
    package static func finish(_ manifest: ExportManifest, sink: inout some ExportSink) throws {
        try sink.begin(ExportManifest.fileName)
        try sink.write(Array(manifest.json.text.utf8))
        try sink.end()
        try sink.commit()
    }

    private static func validate(_ query: ExportQuery) throws {
        guard query.fromMicros < query.toMicros else {
            throw TollbookError(
                .periodInvalid, "the period is empty", hint: "Give a --to that is after --from; --to is not included.")
        }
        guard BudgetCalendar.isKnown(timeZone: query.timeZone) else {
            throw TollbookError(
                .timeZoneUnknown, "there is no time zone '\(TextTable.printable(String(query.timeZone.prefix(64))))'",
                hint: "Use an IANA name, for example Europe/Berlin or UTC.")
        }
    }
}
