/// What happens before the head of any answer: the latency, and the faults that strike there.
struct ScriptPrelude: Sendable {
    private let delivery: Delivery

    init(_ delivery: Delivery) {
        self.delivery = delivery
    }

    /// What to do instead of sending the head; nil when it is the head's turn.
    func step(elapsedNanos: Int) -> ScriptStep? {
        switch delivery.fault {
        case .refuse: return .reset
        case .closeBeforeHead where elapsedNanos >= delivery.headDelayNanos: return .close
        case .stallBeforeHead where delivery.stallNanos == nil: return .stall
        default: break
        }
        return elapsedNanos < headNanos ? .wait(untilNanos: headNanos) : nil
    }

    /// When the head is due.
    var headNanos: Int {
        let stall = delivery.fault == .stallBeforeHead ? delivery.stallNanos ?? 0 : 0
        return delivery.headDelayNanos + stall
    }
}
