internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

extension Call {
    /// The provider's answer begins. A compressed body comes decompressed.
    func upstreamHead(_ answer: ProviderAnswer) {
        guard machine.phase == .dispatched else { return }
        machine.headArrived()
        progress?.headArrived(status: answer.status, nanos: loop.readNanos())
        progress?.upstreamRequestID = answer.requestID
        setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
        self.answer = answer
        if intake.endpoint == .passthrough { passedAs = passedEndpoint }
        if answer.status >= 300 { stopUpload() }
        switch answer.status {
        case 200..<300:
            let form = answerForm(answer)
            reader = makeReader(form, isSuccess: true)
            if form != .plain {
                if crossing != nil, isCounted { return refuseAnswer(.upstreamMalformed) }
                front?.beginRelay(of: self, answer, length: nil)
            } else if intake.endpoint == .speech, isOpaque(answer) {
                // It is listened to while it is made.
                beginRelaying(with: nil)
            }
        case 300..<400 where intake.endpoint == .passthrough: reader = makeReader(.plain, isSuccess: true)
        case 401: refuseCredential()
        case 300..<400: refuseAnswer(.upstreamRedirect)
        case 400..<600:
            // What it says tells whether the credential is meant. It may be, and is read again in any case.
            if answer.status == 403 { tellCredentialRefused() }
            reader = makeReader(.plain, isSuccess: false)
        // Also a status over 599, which is none and is taken as an error of the server (RFC 9110, section 15).
        default: refuseAnswer(.upstreamMalformed)
        }
    }

    private func answerForm(_ answer: ProviderAnswer) -> AnswerForm {
        let endpoint = answerEndpoint
        let isStream = endpoint.dialect.isBedrock ? answer.isMessageStream : answer.isEventStream
        if isStream { return .stream }
        if intake.endpoint == .passthrough, answer.isLineStream { return .lines }
        return endpoint == .streamGenerateContent ? .array : .plain
    }

    private func makeReader(_ form: AnswerForm, isSuccess: Bool) -> AnswerReader {
        AnswerReader.make(
            for: form == .plain ? upstreamEndpoint : answerEndpoint, form: form, isSuccess: isSuccess,
            translation: form == .stream ? crossing?.makeStream() : nil, answers: intake.scan.choices,
            isOpaque: isSuccess && (answer.map(isOpaque) ?? false),
            provider: progress?.target.deployment.provider.knownDialect, counts: passedCounts)
    }

    /// Whether the answer is audio or text, as was asked for.
    private func isOpaque(_ answer: ProviderAnswer) -> Bool { intake.endpoint.mayBeOpaque && !answer.isJSON }

    private func refuseCredential() {
        tellCredentialRefused()
        refuseAnswer(.upstreamAuthFailed)
    }

    /// An answer that is not passed on. Its error body is no use to the caller, or says too much.
    private func refuseAnswer(_ code: AnswerCode) {
        releaseConnection()
        settle(.errorStatus, finale: .failure(.upstream(code)), code: code)
    }

    /// Lets the connection read the rest of the answer by itself.
    func releaseConnection() {
        connection?.finishTrailing(
            deadlineNanos: loop.deadline(inMillis: loop.configuration.timeouts.trailingMillis))
        connection = nil
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard machine.phase == .answering, let reader else { return }
        setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
        loop.metrics.answerBytes &+= UInt64(bytes.readableBytes)
        switch reader.form {
        case .plain: plainBody(bytes, reader)
        case .stream, .array, .lines: streamBody(bytes, reader)
        }
    }

    /// A read from the provider has been handled whole: what it brought goes out together.
    func upstreamReadComplete() {
        guard let front, front.hasOutput else { return }
        front.flushOutput()
        if !front.isWritable { connection?.pause() }
    }

    /// The client takes bytes again, or no more for now.
    func clientWritabilityChanged(_ isWritable: Bool) {
        guard machine.phase == .answering else { return }
        if isWritable {
            setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
            connection?.resume()
        } else {
            // The provider is not read meanwhile, so it is not late.
            setDeadline(inMillis: loop.configuration.timeouts.totalMillis)
            connection?.pause()
        }
    }

    /// The provider's answer is whole.
    func upstreamEnd() {
        connection = nil
        stopUpload()
        guard machine.phase == .answering, let reader else { return }
        switch reader.form {
        case .plain: plainEnd(reader)
        case .stream, .array, .lines: streamEnd(reader)
        }
    }

    // MARK: Plain answers

    private func plainBody(_ bytes: ByteBuffer, _ reader: AnswerReader) {
        if !reader.hasContent { progress?.contentArrived(nanos: loop.readNanos()) }
        reader.readPlain(bytes)
        if isRelaying {
            relay(bytes)
        } else if isTooLarge {
            // Read for its usage alone.
            return
        } else if held.readableBytes + bytes.readableBytes > heldLimit {
            if crossing != nil {
                isTooLarge = true
                held = ByteBuffer()
            } else if intake.stored?.isRecorded ?? false {
                storedAnswerTooLarge()
            } else {
                beginRelaying(with: bytes)
            }
        } else if held.readableBytes == 0 {
            held = bytes
        } else {
            held.writeImmutableBuffer(bytes)
        }
    }

    /// Bytes of a plain answer that are held whole; a translation needs it all.
    private var heldLimit: Int {
        crossing == nil ? loop.configuration.sizes.heldAnswerBytes : GatewayLimits.translatedAnswerBytes
    }

    /// Passes on all but the newest bytes; of sound all but the last one, because it is listened to while it comes.
    private func relay(_ bytes: ByteBuffer) {
        if let withheld { front?.send(withheld) }
        withheld = bytes
        guard intake.endpoint == .speech, bytes.readableBytes > 1 else { return }
        var rest = bytes
        guard let whole = rest.readSlice(length: bytes.readableBytes - 1) else { return }
        front?.send(whole)
        withheld = rest
    }

    /// Too large to be held, or wanted at once: it goes out as it comes, but for its newest bytes.
    private func beginRelaying(with bytes: ByteBuffer?) {
        guard let answer else { return }
        isRelaying = true
        front?.beginRelay(of: self, answer, length: answer.encoding == .identity ? answer.contentLength : nil)
        if held.readableBytes > 0 { front?.send(held) }
        held = ByteBuffer()
        withheld = bytes
    }

    private func plainEnd(_ reader: AnswerReader) {
        reader.finishPlain()
        guard reader.isSuccess else { return settleRefusal(reader) }
        if crossing != nil { return settleTranslated() }
        if let stored = intake.stored, stored.isRecorded { return record(stored) }
        let finale = isRelaying ? Finale.relayedTail : .answer
        if reader.hasError {
            settle(.errorEvent, finale: finale, code: .upstreamError)
        } else if reader.isWellFormed {
            settle(.complete(isTerminated: true), finale: finale, code: .ok)
        } else {
            settle(
                .malformed, finale: isRelaying ? .relayedTail : .failure(.upstream(.upstreamMalformed)),
                code: .upstreamMalformed)
        }
    }
}
