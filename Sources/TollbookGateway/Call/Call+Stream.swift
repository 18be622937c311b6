internal import NIOCore
internal import TollbookCore
internal import TollbookWire

extension Call {
    /// Bytes of an event stream: whole events go on, but for those that wait or stay.
    func streamBody(_ bytes: ByteBuffer, _ reader: AnswerReader) {
        guard terminalEvent == nil else { return }
        reader.splitter.append(bytes)
        do {
            while let event = try reader.splitter.next() {
                if take(event, reader) { break }
            }
        } catch {
            forwardRuns(reader)
            return streamMalformed()
        }
        forwardRuns(reader)
        if terminalEvent != nil { streamTerminated(reader) }
    }

    /// Reads an event; true when it is the terminal one.
    private func take(_ event: SSEEvent, _ reader: AnswerReader) -> Bool {
        switch reader.readEvent(event) {
        case .done:
            reader.splitter.withhold()
            terminalEvent = event.raw
            return true
        case .usage(isExtra: true) where !intake.scan.includesUsage:
            reader.splitter.withhold()
        case .content:
            if progress?.firstTokenAfterMicros == nil { progress?.contentArrived(nanos: loop.readNanos()) }
        case .usage, .error, .comment, .other: break
        }
        return false
    }

    private func forwardRuns(_ reader: AnswerReader) {
        while let run = reader.splitter.takeRun() { front?.send(run) }
    }

    /// The terminal event came: settle, and let the connection end its message by itself.
    private func streamTerminated(_ reader: AnswerReader) {
        releaseConnection()
        if reader.stream.sawError {
            settle(.errorEvent, finale: .streamEnd, code: .upstreamError)
        } else {
            settle(.complete(isTerminated: true), finale: .streamEnd, code: .ok)
        }
    }

    /// The message ended without a terminal event.
    func streamEnd(_ reader: AnswerReader) {
        if let rest = reader.splitter.finish() {
            if take(rest, reader) {
                // Its blank line is missing: complete it, so that the caller sees it as an event.
                if !rest.isComplete { terminalEvent?.writeStaticString("\n\n") }
                return streamTerminated(reader)
            }
            // Half an event would run into what follows it.
            if !rest.isComplete { reader.splitter.withhold() }
        }
        forwardRuns(reader)
        if reader.stream.sawError {
            settle(.errorEvent, finale: .streamEnd, code: .upstreamError)
        } else if reader.stream.sawFinishReason {
            settle(.complete(isTerminated: false), finale: .streamEnd, code: .ok)
        } else {
            settle(.broken(.closedMidBody), finale: .failure(.upstream(.upstreamCut)), code: .upstreamCut)
        }
    }

    private func streamMalformed() {
        connection?.abandon()
        connection = nil
        settle(
            .broken(.malformedResponse), finale: .failure(.upstream(.upstreamMalformed)), code: .upstreamMalformed)
    }
}
