/// Where a call stands, and what an event means there. Pure: the call carries out what is returned.
package struct CallStateMachine: Sendable {
    /// How far the call is; it only moves down this list, but for the way back from `waiting`, and from `dispatched`
    /// where the request is sent again.
    package enum Phase: Equatable, Sendable {
        /// It waits for a place among the calls in flight, and comes back to `opening` then.
        case waiting
        /// The ledger has been asked to open or deny it.
        case opening
        /// Opened; a connection to a provider is on its way.
        case connecting
        /// The request has been sent, no head has come.
        case dispatched
        /// The answer arrives.
        case answering
        /// The ledger has been asked to settle it; the answer waits for that.
        case settling
        case finished
    }

    /// Why a call ends before its answer is whole.
    package enum Stop: Equatable, Sendable {
        case clientGone
        case shutdown
        /// The ledger took too long to open it.
        case openTimeout
    }

    /// What to do about a stop.
    package enum StopAction: Equatable, Sendable {
        case nothing
        /// The ledger's answer is awaited; an opened call is voided then.
        case settleOnceOpened
        /// Leave the queue, and be opened without a place to be settled.
        case leaveQueue
        /// Stop the attempt if one runs, and settle.
        case stopAttemptAndSettle
    }

    /// What to do once the ledger has opened the call.
    package enum OpenedAction: Equatable, Sendable {
        case attempt
        /// It was stopped meanwhile: settle without an attempt.
        case settleUnused(Stop)
    }

    package private(set) var phase = Phase.opening
    /// The first stop that reached the call before its settlement.
    package private(set) var stop: Stop?

    package init() {}

    /// No place is free. Traps unless it is being opened.
    package mutating func waits() {
        precondition(phase == .opening, "a call waits before it is opened")
        phase = .waiting
    }

    /// The wait is over, with a place or without one. Traps unless it waits.
    package mutating func resumes() {
        precondition(phase == .waiting, "only what waits resumes")
        phase = .opening
    }

    /// The ledger opened the request: attempt it, or settle it when a stop came meanwhile. Traps when told twice.
    package mutating func opened() -> OpenedAction {
        precondition(phase == .opening, "a call is opened once")
        phase = .connecting
        guard let stop else { return .attempt }
        return .settleUnused(stop)
    }

    /// The request has begun to go upstream. Traps unless a connection was awaited.
    package mutating func dispatched() {
        precondition(phase == .connecting, "a call is dispatched once")
        phase = .dispatched
    }

    /// The provider has not processed the request: another attempt follows. Traps unless it was dispatched.
    package mutating func tookBack() {
        precondition(phase == .dispatched, "what is taken back was dispatched")
        phase = .connecting
    }

    /// The head of an answer came. Traps unless the request had been dispatched.
    package mutating func headArrived() {
        precondition(phase == .dispatched, "one head answers a dispatch")
        phase = .answering
    }

    /// The attempt is over; false when the call is being settled already.
    package mutating func settling() -> Bool {
        switch phase {
        case .connecting, .dispatched, .answering:
            phase = .settling
            return true
        case .waiting, .opening, .settling, .finished:
            return false
        }
    }

    /// The settlement is committed, or was handed over for good.
    package mutating func finished() {
        phase = .finished
    }

    /// Something ends the call early; the first reason is kept, and a settlement under way goes on.
    package mutating func stopped(_ reason: Stop) -> StopAction {
        switch phase {
        case .waiting:
            if stop != nil { return .nothing }
            stop = reason
            return .leaveQueue
        case .opening:
            if stop == nil { stop = reason }
            return .settleOnceOpened
        case .connecting, .dispatched, .answering:
            if stop == nil { stop = reason }
            return .stopAttemptAndSettle
        case .settling, .finished:
            return .nothing
        }
    }
}
