internal import NIOCore

/// Sends a head and a stream of events at its pace, with the faults that a stream can have.
struct StreamScript: Sendable {
    private var position = Position.head
    private let head: ByteBuffer
    private let events: StreamEvents
    private var framer: StreamFramer
    private let delivery: Delivery
    private let prelude: ScriptPrelude
    private let nanosPerChunk: Int
    /// The content event before which the fault strikes; nil if it does not or no longer does.
    private var strikeAt: Int?
    private let contentEnd: Int
    private let closesAtEnd: Bool

    private enum Position: Sendable {
        case head
        case role(Int)
        case content(Int)
        case strike(content: Int)
        case stalled(content: Int, sinceNanos: Int)
        case finish(Int)
        case usage
        case done
        case terminator
        case over
    }

    /// - Parameters:
    ///   - head: the complete head.
    ///   - isChunked: whether the head says chunked; else the connection's end ends the body.
    init(head: ByteBuffer, plan: ChatPlan, stamp: CallStamp, delivery: Delivery, isChunked: Bool) {
        self.head = head
        self.delivery = delivery
        events = StreamEvents(plan, stamp: stamp)
        framer = StreamFramer(isChunked: isChunked, isGzip: delivery.fault == .gzip)
        prelude = ScriptPrelude(delivery)
        closesAtEnd = !isChunked || delivery.fault == .wrongLength
        let perChoice = plan.figures.completion / plan.choices
        nanosPerChunk = delivery.nanosPerToken * perChoice / max(1, events.contentEvents / plan.choices)
        let total = events.contentEvents
        let place = min(delivery.after ?? total / 2, total)
        switch delivery.fault {
        case .cutMidStream, .stallMidStream, .errorEvent, .malformedJSON: strikeAt = place
        default: strikeAt = nil
        }
        let endsEarly = delivery.fault == .cleanCloseNoDone || delivery.fault == .cleanCloseNoFinish
        contentEnd = endsEarly && delivery.after != nil ? place : total
    }

    mutating func step(elapsedNanos: Int, into buffer: inout ByteBuffer) -> ScriptStep {
        if case .head = position {
            if let step = prelude.step(elapsedNanos: elapsedNanos) { return step }
            buffer.writeImmutableBuffer(head)
            position = .role(0)
            if delivery.fault == .slowHead { return .dribble(gapNanos: delivery.gapNanos) }
            if delivery.fault == .drip { return .write }
        }
        var contents = 0
        while buffer.readableBytes < SimulatorLimits.pieceBytes, contents < delivery.perWrite ?? Int.max {
            if case .content = position { contents += 1 }
            if let stop = emit(elapsedNanos: elapsedNanos, into: &buffer) {
                if buffer.readableBytes == 0 { return stop }
                break
            }
        }
        return delivery.fault == .drip ? .dribble(gapNanos: delivery.gapNanos) : .write
    }

    /// Writes one event and moves on, or says what to do because there is nothing to write now.
    private mutating func emit(elapsedNanos: Int, into buffer: inout ByteBuffer) -> ScriptStep? {
        switch position {
        case .head:
            return nil
        case .role(let choice):
            framer.write(into: &buffer) { events.writeRole(choice, into: &$0) }
            position = choice + 1 < events.choices ? .role(choice + 1) : .content(0)
        case .content(let event):
            return emitContent(event, elapsedNanos: elapsedNanos, into: &buffer)
        case .strike(let event):
            return strike(before: event, elapsedNanos: elapsedNanos, into: &buffer)
        case .stalled(let event, let since):
            guard let pause = delivery.stallNanos else { return .stall }
            if elapsedNanos < since + pause { return .wait(untilNanos: since + pause) }
            position = .content(event)
        case .finish, .usage, .done, .terminator, .over:
            return emitEnd(into: &buffer)
        }
        return nil
    }

    private mutating func emitContent(
        _ event: Int, elapsedNanos: Int, into buffer: inout ByteBuffer
    ) -> ScriptStep? {
        if event == strikeAt {
            position = .strike(content: event)
        } else if event >= contentEnd {
            position = delivery.fault == .cleanCloseNoFinish ? .terminator : events.hasFinish ? .finish(0) : .usage
        } else {
            let due = prelude.headNanos + event / events.choices * nanosPerChunk
            if elapsedNanos < due { return .wait(untilNanos: due) }
            framer.write(into: &buffer) { events.writeContent(event, into: &$0) }
            position = .content(event + 1)
        }
        return nil
    }

    private mutating func strike(
        before event: Int, elapsedNanos: Int, into buffer: inout ByteBuffer
    ) -> ScriptStep? {
        switch delivery.fault {
        case .cutMidStream:
            return delivery.cut == .rst ? .reset : .close
        case .stallMidStream:
            position = .stalled(content: event, sinceNanos: elapsedNanos)
        case .errorEvent:
            framer.write(into: &buffer) { StreamEvents.writeError(into: &$0) }
            position = .terminator
            return nil
        default:
            framer.write(into: &buffer) { events.writeBroken(into: &$0) }
            position = .content(event)
        }
        strikeAt = nil
        return nil
    }

    private mutating func emitEnd(into buffer: inout ByteBuffer) -> ScriptStep? {
        switch position {
        case .finish(let choice):
            framer.write(into: &buffer) { events.writeFinish(choice, into: &$0) }
            position = choice + 1 < events.choices ? .finish(choice + 1) : .usage
        case .usage:
            if events.hasUsageEvent { framer.write(into: &buffer) { events.writeUsage(into: &$0) } }
            position = delivery.fault == .cleanCloseNoDone ? .terminator : .done
        case .done:
            framer.write(into: &buffer) { $0.writeStaticString("data: [DONE]\n\n") }
            position = .terminator
        case .terminator:
            if delivery.fault == .wrongLength {
                framer.writeShortChunk(into: &buffer)
            } else {
                framer.finish(into: &buffer)
            }
            position = .over
        default:
            if closesAtEnd { return .close }
            return .end(closeAfterNanos: delivery.fault == .keepaliveClose ? delivery.closeAfterNanos : nil)
        }
        return nil
    }
}
