internal import Foundation
internal import TollbookControl
internal import TollbookCore
internal import TollbookReports

/// Has the server make an export, and fetches its files.
struct ExportDownload {
    let client: ControlClient

    /// - Throws: what the server answers; `export_damaged` when the rows are not those that the server recorded.
    func run(
        _ request: ExportRequest, into sink: inout DirectorySink, _ directory: String
    ) async throws -> ExportSummary {
        let bytes = try await client.post("/api/v1/exports", request)
        let receipt = try ControlJSON.decoder.decode(ExportReceipt.self, from: Data(bytes))
        for file in receipt.files {
            let digest = try await fetch(file, of: receipt.id, into: &sink)
            guard file == ExportManifest.fileName || digest == receipt.sha256 else {
                throw TollbookError(
                    .exportDamaged, "\(file) does not have the SHA-256 that the server recorded", hint: "export again")
            }
        }
        try sink.commit()
        return ExportSummary(receipt, directory)
    }

    /// The SHA-256 of the file, in hexadecimal.
    private func fetch(_ file: String, of id: Int64, into sink: inout DirectorySink) async throws -> String {
        var hash = RunningHash()
        try sink.begin(file)
        try await client.download("/api/v1/exports/\(id)/files/\(file)") { piece in
            hash.update(piece)
            try sink.write(piece)
        }
        try sink.end()
        return Hexadecimal.text(hash.digest)
    }
}

extension TollbookError.Code {
    /// A fetched export is not the one that the server made.
    static let exportDamaged = Self(rawValue: "export_damaged")
}
