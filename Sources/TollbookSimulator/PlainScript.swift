internal import NIOCore

/// Sends a head and a plain body, with the faults that a plain answer can have.
struct PlainScript: Sendable {
    private var stage = Stage.head
    private var head: ByteBuffer
    private var body: AnswerBody
    private let delivery: Delivery
    private let prelude: ScriptPrelude
    /// Body bytes to send before the fault strikes.
    private var untilFault: Int?

    private enum Stage: Sendable {
        case head
        case body
        case stalled(sinceNanos: Int)
        case ending
    }

    /// - Parameters:
    ///   - head: the complete head.
    ///   - generationNanos: the time that the whole answer's tokens take, which a plain client waits for.
    init(head: ByteBuffer, body: AnswerBody, delivery: Delivery, generationNanos: Int = 0) {
        var delayed = delivery
        delayed.headDelayNanos += generationNanos
        self.head = head
        self.body = body
        self.delivery = delayed
        prelude = ScriptPrelude(delayed)
        switch delivery.fault {
        case .cutMidStream, .stallMidStream: untilFault = min(delivery.after ?? body.count / 2, body.count)
        default: untilFault = nil
        }
    }

    mutating func step(elapsedNanos: Int, into sink: inout ByteSink) -> ScriptStep {
        switch stage {
        case .head:
            if let step = prelude.step(elapsedNanos: elapsedNanos) { return step }
            stage = .body
            sink.write(head)
            if delivery.fault == .slowHead { return .dribble(gapNanos: delivery.gapNanos) }
            // Head and body travel together where nothing keeps them apart.
            let isApart = delivery.fault == .drip || body.count == 0 || untilFault == 0
            return isApart ? .write : bodyStep(elapsedNanos: elapsedNanos, into: &sink)
        case .body:
            return bodyStep(elapsedNanos: elapsedNanos, into: &sink)
        case .stalled(let since):
            return stalledStep(since: since, elapsedNanos: elapsedNanos)
        case .ending:
            return ending
        }
    }

    private mutating func bodyStep(elapsedNanos: Int, into sink: inout ByteSink) -> ScriptStep {
        let room = min(SimulatorLimits.pieceBytes, untilFault ?? Int.max)
        let moved = body.move(upTo: room, into: &sink)
        if let left = untilFault {
            untilFault = left - moved
            if left == moved { stage = .stalled(sinceNanos: elapsedNanos) }
        } else if body.count == 0 {
            stage = .ending
        }
        guard moved > 0 else { return step(elapsedNanos: elapsedNanos, into: &sink) }
        return delivery.fault == .drip ? .dribble(gapNanos: delivery.gapNanos) : .write
    }

    private mutating func stalledStep(since: Int, elapsedNanos: Int) -> ScriptStep {
        if delivery.fault == .cutMidStream { return delivery.cut == .rst ? .reset : .close }
        guard let pause = delivery.stallNanos else { return .stall }
        guard elapsedNanos < since + pause else {
            untilFault = nil
            stage = .body
            return .write
        }
        return .wait(untilNanos: since + pause)
    }

    private var ending: ScriptStep {
        switch delivery.fault {
        case .wrongLength: .close
        case .keepaliveClose: .end(closeAfterNanos: delivery.closeAfterNanos)
        default: .end(closeAfterNanos: nil)
        }
    }
}
