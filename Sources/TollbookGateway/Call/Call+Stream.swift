internal import NIOCore
internal import TollbookCore
internal import TollbookWire

extension Call {
    /// Bytes of an event stream: whole events go on, but for those that wait or stay.
    func streamBody(_ bytes: ByteBuffer, _ reader: AnswerReader) {
        guard terminalEvent == nil else { return }
        do {
            try reader.readStream(bytes, passesUsage: intake.scan.includesUsage)
        } catch {
            passOn(reader)
            return streamMalformed()
        }
        passOn(reader)
        if terminalEvent != nil { streamTerminated(reader) }
    }

    /// Passes on what has been read, but for the terminal event.
    private func passOn(_ reader: AnswerReader) {
        if reader.hasTokens, progress?.firstTokenAfterMicros == nil {
            progress?.contentArrived(nanos: loop.readNanos())
        }
        while let run = reader.takeRun() { front?.send(run) }
        terminalEvent = reader.terminalEvent
    }

    /// The terminal event came: settle, and let the connection end its message by itself.
    private func streamTerminated(_ reader: AnswerReader) {
        releaseConnection()
        if reader.hasError {
            settle(.errorEvent, finale: .streamEnd, code: .upstreamError)
        } else {
            settle(.complete(isTerminated: reader.isTerminated), finale: .streamEnd, code: .ok)
        }
    }

    /// The message ended without a terminal event.
    func streamEnd(_ reader: AnswerReader) {
        reader.finishStream(passesUsage: intake.scan.includesUsage)
        passOn(reader)
        if terminalEvent != nil {
            streamTerminated(reader)
        } else if reader.hasError {
            settle(.errorEvent, finale: .streamEnd, code: .upstreamError)
        } else if reader.sawFinishReason {
            // What ends a stream that is passed through is not known.
            let isTerminated = intake.endpoint == .passthrough
            settle(.complete(isTerminated: isTerminated), finale: .streamEnd, code: .ok)
        } else {
            // An answer that was announced may have been thought about.
            let isEmpty = !reader.hasContent && reader.summary().responseID == nil
            let ending = isEmpty ? AttemptEnding.empty : .broken(.closedMidBody)
            settle(ending, finale: .failure(.upstream(.upstreamCut)), code: .upstreamCut)
        }
    }

    private func streamMalformed() {
        connection?.abandon()
        connection = nil
        settle(
            .broken(.malformedResponse), finale: .failure(.upstream(.upstreamMalformed)), code: .upstreamMalformed)
    }
}
