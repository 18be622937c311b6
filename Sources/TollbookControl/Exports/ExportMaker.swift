internal import Foundation
internal import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookReports

/// Makes one export: writes the rows, records them in the ledger, writes the manifest that says so.
struct ExportMaker: Sendable {
    let services: ControlServices
    let address: String?

    /// Makes it in the spool.
    ///
    /// - Throws: `export_unknown`, `too_many_exports`, `readers_busy`; what the export and recording throw.
    func make(_ request: ExportRequest) async throws -> ExportReceipt {
        try await services.spool.make { directory in
            let (now, version) = (services.clock.nowMicros(), services.version)
            var manifest = try await services.readers.read { connection in
                var sink = try DirectorySink(directory: directory)
                let query = try request.query(connection, nowMicros: now)
                let manifest = try ExportRun.writeRows(connection, query, toolVersion: version, sink: &sink)
                try sink.commit()
                return manifest
            }
            let (id, logIndex) = try await record(manifest)
            manifest.recordedIndex = logIndex
            try await writeManifest(manifest, directory)
            let receipt = ExportReceipt(
                id: id, name: request.name, files: [manifest.fileName, ExportManifest.fileName],
                asOfIndex: manifest.asOfIndex, rowCount: manifest.rowCount, sha256: manifest.sha256, recorded: true,
                recordedIndex: logIndex)
            return (id, receipt.files, receipt)
        }
    }

    /// The spool shows the directory only once it is whole.
    private func writeManifest(_ manifest: ExportManifest, _ directory: String) async throws {
        let path = directory + "/" + ExportManifest.fileName
        try await services.readers.run {
            guard FileManager.default.createFile(atPath: path, contents: Data(manifest.json.text.utf8)) else {
                throw TollbookError(
                    .outputFailed, "the manifest cannot be written", hint: "Free space, then export again.")
            }
        }
    }

    /// One command: the export's row and the audit event.
    private func record(_ manifest: ExportManifest) async throws -> (id: Int64, logIndex: Int64) {
        let detail = ReportJSON.members([
            "export": .string(manifest.query.name.rawValue), "as_of_index": .integer(manifest.asOfIndex),
            "rows": .integer(manifest.rowCount),
        ])
        return try await services.ledger.administer(.export, organizationID: nil) { transaction in
            let id = try transaction.nextID(.export)
            try transaction.insert(
                .export,
                [
                    .integer(id), .integer(transaction.logIndex), .text(manifest.query.name.rawValue),
                    .integer(manifest.query.fromMicros), .integer(manifest.query.toMicros),
                    .integer(manifest.asOfIndex), .integer(manifest.rowCount), .text(manifest.sha256),
                    .integer(AuditRecorder.ownerID),
                ])
            let event = AuditRecorder.Event(
                .exportMake, objectKind: "export", objectID: id, detail: detail.compactText, address: address)
            try event.insert(transaction)
            return (id, transaction.logIndex)
        }
    }
}
