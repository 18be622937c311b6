internal import SQLite

/// What a request left at a provider: a batch and how it ended, and files.
struct StoredStory {
    struct Batch {
        let upstreamID: String
        let fileID: String
        let lines: Int64?
        /// nil: its results are still to come.
        let status: String?
        let answered: Int64?
        let failed: Int64?
        let unread: Int64?
    }

    struct File {
        let upstreamID: String
        let purpose: String
    }

    /// nil: the request made none.
    let batch: Batch?
    /// Those that it uploaded, or that its batch wrote.
    let files: [File]

    init(requestID: Int64, asOf: Int64, _ connection: Connection) throws {
        let batches = try connection.cached(ExplainQueries.storedBatch)
        try batches.bind(requestID, at: 1)
        try batches.bind(asOf, at: 2)
        batch = try batches.first {
            Batch(
                upstreamID: $0.string(at: 0), fileID: $0.string(at: 1), lines: $0.optionalInt64(at: 2),
                status: $0.optionalString(at: 3), answered: $0.optionalInt64(at: 4), failed: $0.optionalInt64(at: 5),
                unread: $0.optionalInt64(at: 6))
        }
        let files = try connection.cached(ExplainQueries.storedFiles)
        try files.bind(requestID, at: 1)
        try files.bind(asOf, at: 2)
        var found: [File] = []
        try files.forEachRow { found.append(File(upstreamID: $0.string(at: 0), purpose: $0.string(at: 1))) }
        self.files = found
    }

    /// The batch for a person.
    var batchText: String? {
        batch.map { batch in
            let start = "\(batch.upstreamID) of \(batch.fileID), \(batch.lines ?? 0) lines: "
            guard let status = batch.status else { return start + "its results are to come" }
            return start + "\(status), \(batch.answered ?? 0) answered, \(batch.failed ?? 0) failed, "
                + "\(batch.unread ?? 0) without usage"
        }
    }

    /// For a report; null: the request made none.
    var batchJSON: ReportJSON {
        guard let batch else { return .null }
        return .members([
            "batch_id": .string(batch.upstreamID),
            "input_file_id": .string(batch.fileID),
            "lines": .optional(batch.lines),
            "status": .optional(batch.status),
            "answered": .optional(batch.answered),
            "failed": .optional(batch.failed),
            "unread": .optional(batch.unread),
        ])
    }

    /// For a report.
    var filesJSON: ReportJSON {
        .array(
            files.map {
                .members(["file_id": .string($0.upstreamID), "purpose": .string($0.purpose)])
            })
    }
}
