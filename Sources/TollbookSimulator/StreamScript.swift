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
    /// Whether content events go out in runs: at once, plainly framed, the same but for their words.
    private let writesRuns: Bool

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
        writesRuns = nanosPerChunk == 0 && framer.isPlainlyChunked && events.isPlainWords
        let total = events.contentEvents
        let place = min(delivery.after ?? total / 2, total)
        switch delivery.fault {
        case .cutMidStream, .stallMidStream, .errorEvent, .malformedJSON: strikeAt = place
        default: strikeAt = nil
        }
        let endsEarly = delivery.fault == .cleanCloseNoDone || delivery.fault == .cleanCloseNoFinish
        contentEnd = endsEarly && delivery.after != nil ? place : total
    }

    mutating func step(elapsedNanos: Int, into sink: inout ByteSink) -> ScriptStep {
        if case .head = position {
            if let step = prelude.step(elapsedNanos: elapsedNanos) { return step }
            sink.write(head)
            position = events.hasRole ? .role(0) : .content(0)
            if delivery.fault == .slowHead { return .dribble(gapNanos: delivery.gapNanos) }
            if delivery.fault == .drip { return .write }
        }
        var contents = 0
        while hasRoom(sink.count, contents) {
            if let stop = emit(&contents, elapsedNanos: elapsedNanos, into: &sink) {
                if sink.count == 0 { return stop }
                break
            }
        }
        return delivery.fault == .drip ? .dribble(gapNanos: delivery.gapNanos) : .write
    }

    private func hasRoom(_ bytes: Int, _ contents: Int) -> Bool {
        bytes < SimulatorLimits.pieceBytes && contents < delivery.perWrite ?? Int.max
    }

    /// Writes one event or a run of content events and moves on, or says what to do because there is nothing to
    /// write now.
    ///
    /// - Parameter contents: content events written in this step.
    private mutating func emit(
        _ contents: inout Int, elapsedNanos: Int, into sink: inout ByteSink
    ) -> ScriptStep? {
        switch position {
        case .head:
            return nil
        case .role(let choice):
            let start = framer.begin(into: &sink)
            events.writeRole(choice, into: &sink)
            framer.end(start, into: &sink)
            position = choice + 1 < events.choices ? .role(choice + 1) : .content(0)
        case .content(let event):
            return emitContent(event, &contents, elapsedNanos: elapsedNanos, into: &sink)
        case .strike(let event):
            return strike(before: event, elapsedNanos: elapsedNanos, into: &sink)
        case .stalled(let event, let since):
            guard let pause = delivery.stallNanos else { return .stall }
            if elapsedNanos < since + pause { return .wait(untilNanos: since + pause) }
            position = .content(event)
        case .finish, .usage, .done, .terminator, .over:
            return emitEnd(into: &sink)
        }
        return nil
    }

    private mutating func emitContent(
        _ first: Int, _ contents: inout Int, elapsedNanos: Int, into sink: inout ByteSink
    ) -> ScriptStep? {
        var event = first
        while hasRoom(sink.count, contents) {
            if event == strikeAt {
                position = .strike(content: event)
                return nil
            }
            if event >= contentEnd {
                position = delivery.fault == .cleanCloseNoFinish ? .terminator : events.hasFinish ? .finish(0) : .usage
                return nil
            }
            if writesRuns {
                let end = min(strikeAt ?? contentEnd, contentEnd, event + (delivery.perWrite ?? contentEnd) - contents)
                let next = events.writeWordChunks(event..<end, until: SimulatorLimits.pieceBytes, into: &sink)
                contents += next - event
                event = next
                continue
            }
            let due = prelude.headNanos + event / events.choices * nanosPerChunk
            if elapsedNanos < due {
                position = .content(event)
                return .wait(untilNanos: due)
            }
            let start = framer.begin(into: &sink)
            events.writeContent(event, into: &sink)
            framer.end(start, into: &sink)
            event += 1
            contents += 1
        }
        position = .content(event)
        return nil
    }

    private mutating func strike(
        before event: Int, elapsedNanos: Int, into sink: inout ByteSink
    ) -> ScriptStep? {
        switch delivery.fault {
        case .cutMidStream:
            return delivery.cut == .rst ? .reset : .close
        case .stallMidStream:
            position = .stalled(content: event, sinceNanos: elapsedNanos)
        case .errorEvent:
            let start = framer.begin(into: &sink)
            events.writeError(before: event, into: &sink)
            framer.end(start, into: &sink)
            position = .terminator
            return nil
        default:
            let start = framer.begin(into: &sink)
            events.writeBroken(before: event, into: &sink)
            framer.end(start, into: &sink)
            position = .content(event)
        }
        strikeAt = nil
        return nil
    }

    private mutating func emitEnd(into sink: inout ByteSink) -> ScriptStep? {
        let start = framer.begin(into: &sink)
        switch position {
        case .finish(let choice):
            events.writeFinish(choice, into: &sink)
            position = choice + 1 < events.choices ? .finish(choice + 1) : .usage
        case .usage where events.hasUsageEvent:
            events.writeUsage(into: &sink)
            position = delivery.fault == .cleanCloseNoDone ? .terminator : .done
        case .done:
            events.writeDone(into: &sink)
            position = .terminator
        default:
            sink.truncate(to: start)
            return emitTerminator(into: &sink)
        }
        framer.end(start, into: &sink)
        return nil
    }

    private mutating func emitTerminator(into sink: inout ByteSink) -> ScriptStep? {
        switch position {
        case .usage:
            position = delivery.fault == .cleanCloseNoDone || !events.hasDone ? .terminator : .done
            return nil
        case .terminator:
            if delivery.fault == .wrongLength {
                framer.writeShortChunk(into: &sink)
            } else {
                framer.finish(into: &sink)
            }
            position = .over
            return nil
        default:
            if closesAtEnd { return .close }
            return .end(closeAfterNanos: delivery.fault == .keepaliveClose ? delivery.closeAfterNanos : nil)
        }
    }
}
