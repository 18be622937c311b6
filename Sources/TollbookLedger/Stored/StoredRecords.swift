package import TollbookCore

/// A file at a provider, and whose it is; a row of `stored_file`.
package struct StoredFile: Sendable, Equatable {
    /// Dense, from 1; 0: not recorded yet.
    package var id: Int64 = 0
    /// The request that uploaded it, or the batch that wrote it.
    package let requestID: RequestID
    package let projectID: Int64
    package let providerID: Int64
    /// The credential that it was made with; nil: the provider needs none.
    package let credentialID: Int64?
    /// The route that calls about it go by.
    package let routeID: Int64
    /// The provider's id of it.
    package let upstreamID: String
    package let purpose: String
    /// As it went up; nil: a batch wrote it.
    package let bytes: Int64?
    /// What its lines ask for; nil: it is no batch's input.
    package let lines: BatchLines?

    package init(
        requestID: RequestID, projectID: Int64, providerID: Int64, credentialID: Int64?, routeID: Int64,
        upstreamID: String, purpose: String, bytes: Int64?, lines: BatchLines?
    ) {
        self.requestID = requestID
        self.projectID = projectID
        self.providerID = providerID
        self.credentialID = credentialID
        self.routeID = routeID
        self.upstreamID = upstreamID
        self.purpose = purpose
        self.bytes = bytes
        self.lines = lines
    }
}

/// What the lines of a batch's input ask for, added up: what a hold must cover.
package struct BatchLines: Sendable, Equatable {
    package let deploymentID: Int64
    package let endpoint: Endpoint
    package let count: Int64
    package let estimatedInputTokens: Int64
    package let heldOutputTokens: Int64

    package init(
        deploymentID: Int64, endpoint: Endpoint, count: Int64, estimatedInputTokens: Int64, heldOutputTokens: Int64
    ) {
        self.deploymentID = deploymentID
        self.endpoint = endpoint
        self.count = count
        self.estimatedInputTokens = estimatedInputTokens
        self.heldOutputTokens = heldOutputTokens
    }
}

/// A batch at a provider; a row of `stored_batch` with its input.
package struct StoredBatch: Sendable {
    /// The request that made it.
    package let requestID: RequestID
    package let organizationID: Int64
    package let acceptedMicros: Int64
    package let file: StoredFile
    /// The provider's id of it.
    package let upstreamID: String
    /// Whether its result is recorded and its request settled.
    package let isEnded: Bool
}

/// How a batch ended, and what its results tell of what it cost.
package struct BatchEnd: Sendable {
    /// As the provider says: `completed`, `failed`, `expired`, `cancelled`; `unknown`: it could not be asked any more.
    package var status: String
    /// Lines whose usage was read.
    package var answered: Int64 = 0
    /// Lines that ended with an error.
    package var failed: Int64 = 0
    /// Lines that were answered and whose usage could not be read.
    package var unread: Int64 = 0
    /// The sum over the lines whose usage was read.
    package var usage = Usage()
    /// The first lines' usage objects as they came, as a JSON array; nil: none came.
    package var rawUsage: String?
    /// The model as the provider named it; nil: none, or the same as the deployment's.
    package var servedModel: String?
    package var hasUncountedUsage = false
    package var isUsageInconsistent = false
    /// Files that the provider wrote.
    package var outputs: [BatchOutput] = []
    /// The batch as the provider told it last, in JSON; nil: it could not be asked.
    package var object: String?

    package init(status: String) {
        self.status = status
    }

    /// The status where a provider could not be asked any more.
    package static let unknownStatus = "unknown"
}

/// A file that a batch wrote.
package struct BatchOutput: Sendable {
    package let upstreamID: String
    /// The file as the provider tells it, in JSON; nil: it did not.
    package let object: String?

    package init(upstreamID: String, object: String?) {
        self.upstreamID = upstreamID
        self.object = object
    }
}

/// What a row of `stored_object` shows. Raw values are stored.
package enum StoredKind: Int64, Sendable {
    /// A file, by `stored_file.id`.
    case file = 1
    /// A batch, by its request.
    case batch = 2
}
