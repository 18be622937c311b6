internal import TollbookCore

/// What an export says about itself; `manifest.json` beside its file.
package struct ExportManifest: Sendable {
    package let toolVersion: String
    package let query: ExportQuery
    package let asOfIndex: Int64
    package let columns: [String]
    package let rowCount: Int64
    /// Of these, without an outcome as of the index (request_trail only).
    package let openCount: Int64
    /// Amounts by currency, in nano-units: the sums of the column `amount_nano`.
    package let amountNano: [String: Int64]
    /// The sums of the other columns that can be added, in their order.
    package let sums: [(column: String, sum: Int64)]
    /// Pseudonyms of persons whose names were erased before this run.
    package let erasedSubjects: [Int64]
    package let fileName: String
    package let fileBytes: Int64
    /// Lower-case hexadecimal.
    package let sha256: String
    /// The journal index at which the export was recorded; nil: it was read from the file, and is not recorded.
    package var recordedIndex: Int64?

    package static let fileName = "manifest.json"
    /// Raised whenever a column is added, removed or changes its meaning.
    package static let columnsVersion: Int64 = 1

    package static let textRule =
        "RFC 4180, UTF-8. Text that begins with = + - @, a tab or a CR is quoted with an apostrophe before it."

    package var json: ReportJSON {
        .members([
            "tool": "tollbook",
            "tool_version": .string(toolVersion),
            "name": .string(query.name.rawValue),
            "columns_version": .integer(Self.columnsVersion),
            "columns": .array(columns.map { .string($0) }),
            "from": .string(CivilTime.text(micros: query.fromMicros)),
            "to": .string(CivilTime.text(micros: query.toMicros)),
            "time_zone": .string(query.timeZone),
            "as_of_index": .integer(asOfIndex),
            "recorded": .bool(recordedIndex != nil),
            "recorded_index": .optional(recordedIndex),
            "row_count": .integer(rowCount),
            "open_count": .integer(openCount),
            "sums": .object(
                [.init("amount", amounts { .string(NanoAmount(nano: $0).decimalText) })]
                    + [.init("amount_nano", amounts { .integer($0) })]
                    + sums.map { .init($0.column, .integer($0.sum)) }),
            "erased_subjects": .array(erasedSubjects.map { .integer($0) }),
            "file": .members([
                "name": .string(fileName), "bytes": .integer(fileBytes), "sha256": .string(sha256),
            ]),
            "text_rule": .string(Self.textRule),
            "trust_level": .string(VerifyResult.trustLevel),
            "trust_statement": .string(VerifyResult.trustStatement),
        ])
    }

    private func amounts(_ body: (Int64) -> ReportJSON) -> ReportJSON {
        .object(amountNano.sorted { $0.key < $1.key }.map { .init($0.key, body($0.value)) })
    }
}
