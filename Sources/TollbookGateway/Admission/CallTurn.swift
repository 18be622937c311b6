internal import TollbookCore
internal import TollbookPolicy

/// Where a call stands at the gate.
enum CallTurn {
    /// It has not asked for a place, or has none any more.
    case none
    /// It waits in the gate's queue under this number.
    case waiting(UInt64, ProjectPlaces)
    case placed(ProjectPlaces)
    /// It waited and was stopped: it is opened without a place, only to be settled.
    case stopped
    /// It gets no place.
    case shed(AdmissionShed)
}

/// Why a call gets no place. Raw values are labels of the metric and stand in decisions.
package enum AdmissionShed: String, CaseIterable, Sendable {
    /// The queue is full, or the project's part of it.
    case queueFull = "queue_full"
    /// Its place in the queue went to a project that waits with fewer calls for its share.
    case displaced
    /// It waited as long as calls may.
    case waitedTooLong = "waited_too_long"
}

extension KeyRecord {
    /// The decision on a call that had to wait.
    func queued(millis: Int64) -> Decision {
        admission(.allow, .queued, detail: "waited \(millis) ms")
    }

    /// The decision on a call that gets no place.
    ///
    /// - Parameter millis: how long it waited.
    func overloaded(_ shed: AdmissionShed, millis: Int64) -> Decision {
        admission(.deny, .overloaded, detail: "\(shed.rawValue), waited \(millis) ms")
    }

    private func admission(_ verdict: Verdict, _ reason: DecisionReason, detail: String) -> Decision {
        Decision(
            stage: .limit, policyKind: .project, policyID: project.id, policyVersion: project.version,
            verdict: verdict, reason: reason, detail: detail)
    }
}
