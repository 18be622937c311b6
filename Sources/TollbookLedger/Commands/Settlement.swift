package import TollbookCore
package import TollbookPolicy

/// What became of an opened request: its attempts with their charges, and how it ended.
///
/// Immutable and shared: it goes through the queue by reference.
package final class Settlement: Sendable {
    package let request: OpenRequest
    /// In order; empty when nothing was tried (the hold is voided).
    package let attempts: [AttemptRecord]
    package let endedMicros: Int64
    /// The HTTP status that the caller got, or would have got.
    package let status: Int
    package let endReason: EndReason
    package let caveat: Caveat?
    /// Microseconds from acceptance to the durable open.
    package let openedAfterMicros: Int64
    /// What there was of a body that was streamed; nil: it was held whole, and the request's row has it.
    package let upload: UploadRecord?
    /// What was decided on the answer; they come behind the request's.
    package let decisions: [Decision]

    package init(
        request: OpenRequest, attempts: [AttemptRecord], endedMicros: Int64, status: Int, endReason: EndReason,
        caveat: Caveat?, openedAfterMicros: Int64, upload: UploadRecord? = nil, decisions: [Decision] = []
    ) {
        self.request = request
        self.attempts = attempts
        self.endedMicros = endedMicros
        self.status = status
        self.endReason = endReason
        self.caveat = caveat
        self.openedAfterMicros = openedAfterMicros
        self.upload = upload
        self.decisions = decisions
    }
}

/// A body that was streamed to the provider while it arrived.
package struct UploadRecord: Sendable {
    /// As far as they were read of the caller.
    package let bodyBytes: Int64
    /// HMAC-SHA-256 of these bytes, first 16 bytes.
    package let bodyHash: [UInt8]
    /// Whether the body was whole, and all of it was passed to the provider.
    package let isWhole: Bool

    package init(bodyBytes: Int64, bodyHash: [UInt8], isWhole: Bool) {
        self.bodyBytes = bodyBytes
        self.bodyHash = bodyHash
        self.isWhole = isWhole
    }
}

/// One try of a request against one deployment, and what it cost.
package struct AttemptRecord: Sendable {
    package var target: PlannedTarget
    package var startedMicros: Int64
    /// Microseconds from the start; nil: no head came.
    package var headAfterMicros: Int64?
    /// Microseconds from the start; nil: no content came.
    package var firstTokenAfterMicros: Int64?
    package var endedAfterMicros: Int64
    /// The provider's HTTP status; nil: none came.
    package var status: Int?
    package var errorClass: ErrorClass?
    /// Whether a byte of the request may have left.
    package var wasDispatched: Bool
    /// The model as the provider named it; nil: none, or the same as the deployment's.
    package var servedModel: String?
    package var upstreamRequestID: String?
    /// The provider's usage object as it came.
    package var rawUsage: String?
    /// Empty: cost nothing.
    package var charges: [ChargeLine]

    package init(
        target: PlannedTarget, startedMicros: Int64, headAfterMicros: Int64? = nil,
        firstTokenAfterMicros: Int64? = nil, endedAfterMicros: Int64 = 0, status: Int? = nil,
        errorClass: ErrorClass? = nil, wasDispatched: Bool = false, servedModel: String? = nil,
        upstreamRequestID: String? = nil, rawUsage: String? = nil, charges: [ChargeLine] = []
    ) {
        self.target = target
        self.startedMicros = startedMicros
        self.headAfterMicros = headAfterMicros
        self.firstTokenAfterMicros = firstTokenAfterMicros
        self.endedAfterMicros = endedAfterMicros
        self.status = status
        self.errorClass = errorClass
        self.wasDispatched = wasDispatched
        self.servedModel = servedModel
        self.upstreamRequestID = upstreamRequestID
        self.rawUsage = rawUsage
        self.charges = charges
    }
}
