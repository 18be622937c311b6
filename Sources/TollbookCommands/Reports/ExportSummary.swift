internal import TollbookControl
internal import TollbookReports

/// What `tollbook export` says when the files are there.
struct ExportSummary {
    let directory: String
    let files: [String]
    let rowCount: Int64
    let asOfIndex: Int64
    let sha256: String
    let isRecorded: Bool

    init(_ manifest: ExportManifest, _ directory: String) {
        self.directory = directory
        files = [manifest.fileName, ExportManifest.fileName]
        rowCount = manifest.rowCount
        asOfIndex = manifest.asOfIndex
        sha256 = manifest.sha256
        isRecorded = false
    }

    init(_ receipt: ExportReceipt, _ directory: String) {
        self.directory = directory
        files = receipt.files
        rowCount = receipt.rowCount
        asOfIndex = receipt.asOfIndex
        sha256 = receipt.sha256
        isRecorded = receipt.recorded
    }

    var json: String {
        ReportJSON.members([
            "directory": .string(directory), "files": .array(files.map { .string($0) }),
            "row_count": .integer(rowCount), "as_of_index": .integer(asOfIndex), "sha256": .string(sha256),
            "recorded": .bool(isRecorded),
        ]).text
    }

    var text: String {
        let places = files.map { "\(directory)/\($0)\n" }.joined()
        return places + "\(rowCount) rows as of log index \(asOfIndex), SHA-256 \(sha256)\n"
    }
}
