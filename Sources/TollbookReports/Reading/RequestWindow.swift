internal import TollbookCore

/// The request ids that a period's requests can have.
///
/// Ids are ordered by the time they were made at; a wall clock that stepped puts acceptance beside it by at most
/// `ReportLimits.clockSlackMicros`, so that reports search by key and then filter by the time of acceptance.
package struct RequestWindow: Sendable, Equatable {
    /// Inclusive.
    package let firstID: Int64
    /// Inclusive.
    package let lastID: Int64

    /// - Parameters:
    ///   - fromMicros: inclusive.
    ///   - toMicros: exclusive.
    package init(fromMicros: Int64, toMicros: Int64) {
        firstID = Self.id(atMicros: fromMicros, movedBy: -ReportLimits.clockSlackMicros)
        lastID = Self.id(atMicros: toMicros, movedBy: ReportLimits.clockSlackMicros)
    }

    /// Every request.
    package static let all = RequestWindow(fromMicros: .min, toMicros: .max)

    /// Whether a request accepted at this time is found by a report.
    package static func finds(id: Int64, acceptedMicros: Int64) -> Bool {
        let window = RequestWindow(fromMicros: acceptedMicros, toMicros: acceptedMicros)
        return id >= window.firstID && id <= window.lastID
    }

    /// The first id of a millisecond (see `RequestID` for the layout), kept within what an id can be.
    private static func id(atMicros micros: Int64, movedBy slack: Int64) -> Int64 {
        let (moved, overflow) = micros.addingReportingOverflow(slack)
        let clamped = overflow ? (slack < 0 ? Int64.min : Int64.max) : moved
        let millis = CivilTime.floorDivision(clamped, 1_000)
        return min(max(millis, 0), Self.maximumMillis) << 21
    }

    /// Ids have 42 bits of milliseconds.
    private static let maximumMillis: Int64 = 1 << 42 - 1
}
