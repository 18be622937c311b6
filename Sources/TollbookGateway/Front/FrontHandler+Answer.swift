internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookWire

extension FrontHandler {
    // MARK: Whole answers

    /// Answers with an error of Tollbook's own.
    ///
    /// - Parameters:
    ///   - call: the call whose row the headers name; nil: it has none.
    ///   - isHead: whether the method forbids a body.
    func answer(_ error: GatewayError, of call: Call?, _ receipt: SettlementReceipt? = nil, isHead: Bool = false) {
        var body = error.body(in: dialect, requestID: call?.request?.id)
        if isArrayStream { body = Self.array(of: body, after: "[") }
        var head = makeHead(error.status, .length(body.readableBytes), call, receipt)
        head.lines.writeHeaderLine("date", loop.httpDate)
        head.lines.writeStaticString("content-type: application/json\r\n")
        error.writeHeaderLines(in: dialect, requestID: call?.request?.id, to: &head.lines)
        if let seconds = error.retryAfterSeconds { head.lines.writeHeaderLine("retry-after", String(seconds)) }
        if !error.mayBeRetried { head.lines.writeStaticString("x-should-retry: false\r\n") }
        if let allow = error.allow { head.lines.writeHeaderLine("allow", allow) }
        output.append { head.write(to: &$0) }
        if !isHead { append(body) }
        endAnswer()
    }

    /// Answers with a JSON body that no call made.
    func answer(with body: ByteBuffer) {
        loop.metrics.count(.ok)
        var head = makeHead(200, .length(body.readableBytes), nil, nil)
        head.lines.writeHeaderLine("date", loop.httpDate)
        head.lines.writeStaticString("content-type: application/json\r\n")
        output.append { head.write(to: &$0) }
        append(body)
        endAnswer()
    }

    /// Answers how many tokens a prompt has, by the gateway's estimate.
    func answer(withEstimateFor call: Call, _ receipt: SettlementReceipt) {
        let body = TokenCountAnswer.body(of: call.intake.endpoint, tokens: Int64(call.intake.scan.estimatedInputTokens))
        var head = makeHead(200, .length(body.readableBytes), call, receipt)
        head.lines.writeHeaderLine("date", loop.httpDate)
        head.lines.writeStaticString("content-type: application/json\r\nx-tollbook-token-count: estimated\r\n")
        output.append { head.write(to: &$0) }
        append(body)
        endAnswer()
    }

    /// Answers with what the provider answered.
    ///
    /// - Parameter receipt: nil: the call is not settled yet.
    func answer(with call: Call, _ receipt: SettlementReceipt?) {
        guard let answer = call.answer else { return close() }
        var head = makeHead(answer.status, .length(call.held.readableBytes), call, receipt)
        head.lines = lines(of: answer, call, isStream: false)
        output.append { head.write(to: &$0) }
        append(call.held)
        endAnswer()
    }

    /// The provider's header lines, with a date if it sent none (RFC 9110, section 6.6.1).
    private func lines(of answer: ProviderAnswer, _ call: Call, isStream: Bool) -> ByteBuffer {
        let own = call.crossing?.lines(of: answer, isStream: isStream)
        var lines = own ?? answer.forwarded
        // Of the provider's limits and the gateway's own, callers are told those that they can meet.
        if call.rateStanding != nil { lines = HeaderLines.kept(lines) { !$0.begins("x-ratelimit-") } }
        guard !answer.hasDate else { return lines }
        lines.writeHeaderLine("date", loop.httpDate)
        return lines
    }

    private func makeHead(
        _ status: Int, _ framing: AnswerHead.Framing, _ call: Call?, _ receipt: SettlementReceipt?
    ) -> AnswerHead {
        if phase == .uploading, !isRestSmall { keepsAlive = false }
        var head = AnswerHead(status: status, framing: framing, isHTTP10: isHTTP10, keepsAlive: keepsAlive)
        if let call {
            head.request = call.request
            head.attempts = call.attempts.count + (call.progress == nil ? 0 : 1)
            head.costNano = receipt?.costNano
            head.rates = call.rateStanding
        }
        return head
    }

    // MARK: Answers that are relayed

    /// Begins an answer that is passed on as it comes.
    ///
    /// - Parameter length: of the whole body; nil: not known.
    func beginRelay(of call: Call, _ answer: ProviderAnswer, length: Int?) {
        isChunked = length == nil && !isHTTP10
        if length == nil, isHTTP10 { keepsAlive = false }
        let framing: AnswerHead.Framing = length.map { .length($0) } ?? (isChunked ? .chunked : .untilClose)
        var head = makeHead(answer.status, framing, call, nil)
        head.lines = lines(of: answer, call, isStream: answer.isEventStream || answer.isMessageStream)
        output.append { head.write(to: &$0) }
    }

    /// Sends bytes of a relayed body, framed. They leave with the next flush.
    func send(_ bytes: ByteBuffer) {
        let length = bytes.readableBytes
        guard length > 0 else { return }
        guard isChunked else { return append(bytes) }
        guard length <= GatewayLimits.copiedBodyBytes else { return sendLarge(bytes) }
        output.append { buffer in
            buffer.write(atMost: length + Self.chunkBytes) { cursor in
                cursor.writeHexadecimal(length)
                cursor.write("\r\n")
                cursor.write(bytes)
                cursor.write("\r\n")
            }
        }
    }

    private func sendLarge(_ bytes: ByteBuffer) {
        output.append { buffer in
            buffer.write(atMost: Self.chunkBytes) { cursor in
                cursor.writeHexadecimal(bytes.readableBytes)
                cursor.write("\r\n")
            }
        }
        append(bytes)
        output.append { $0.writeStaticString("\r\n") }
    }

    /// What frames a chunk: its length and two line ends.
    private static let chunkBytes = 24

    /// Ends a relayed plain answer with the bytes that were kept back.
    func endRelay(with tail: ByteBuffer?) {
        if let tail { send(tail) }
        endRelayed()
    }

    /// Ends a stream: the cost, the terminal event if the provider sent one, and the body's end. AWS's streams have no
    /// comments, and some readers of them take no events that they do not know: there the cost is not told.
    func endStream(of call: Call, _ receipt: SettlementReceipt, terminalEvent: ByteBuffer?) {
        if dialect.isBedrock {
            if let terminalEvent { send(terminalEvent) }
            return endRelayed()
        }
        var ending = ByteBuffer()
        ending.write(atMost: Self.commentBytes + (terminalEvent?.readableBytes ?? 0)) { cursor in
            cursor.write(": tollbook")
            if let cost = receipt.costNano {
                cursor.write(" cost_usd=")
                cursor.writeDecimal(nano: cost)
            }
            if let request = call.request {
                cursor.write(" request_id=")
                cursor.write(request.id)
            }
            cursor.write("\n\n")
            if let terminalEvent { cursor.write(terminalEvent) }
        }
        send(ending)
        endRelayed()
    }

    /// What the cost comment takes at most.
    private static let commentBytes = 128

    /// Ends a stream with an error event and without a terminal one.
    func endStream(of call: Call, with error: GatewayError) {
        send(
            error.event(
                in: errorDialect(of: call), requestID: call.request?.id,
                sequenceNumber: call.reader?.nextSequenceNumber() ?? 0))
        endRelayed()
    }

    /// Ends a stream that is a JSON array with an error as its last element.
    ///
    /// - Parameter isBegun: whether elements came before.
    func endArray(of call: Call, with error: GatewayError, isBegun: Bool) {
        send(
            Self.array(
                of: error.body(in: errorDialect(of: call), requestID: call.request?.id), after: isBegun ? "," : "["))
        endRelayed()
    }

    /// What the caller of a stream that has begun reads; of one that is passed through, what its provider speaks.
    private func errorDialect(of call: Call) -> Dialect {
        call.passedAs == .passthrough ? dialect : call.passedAs.dialect
    }

    /// An element with the array's end behind it.
    private static func array(of element: ByteBuffer, after opening: StaticString) -> ByteBuffer {
        var array = ByteBuffer()
        array.writeStaticString(opening)
        array.writeImmutableBuffer(element)
        array.writeStaticString("]")
        return array
    }

    private func endRelayed() {
        if isChunked { output.append { $0.writeStaticString("0\r\n\r\n") } }
        isChunked = false
        endAnswer()
    }

    // MARK: Output

    /// Copies small bytes behind what is there; large ones are written without a copy.
    private func append(_ bytes: ByteBuffer) {
        if bytes.readableBytes <= GatewayLimits.copiedBodyBytes {
            output.append { _ = $0.writeImmutableBuffer(bytes) }
        } else {
            if !output.isEmpty { context?.write(wrapOutboundOut(output.take()), promise: nil) }
            context?.write(wrapOutboundOut(bytes), promise: nil)
            hasUnflushedWrite = true
        }
    }

    /// Whether something waits for a flush.
    var hasOutput: Bool { !output.isEmpty || hasUnflushedWrite }

    func flushOutput() {
        hasUnflushedWrite = false
        if output.isEmpty {
            context?.flush()
        } else {
            context?.writeAndFlush(wrapOutboundOut(output.take()), promise: nil)
        }
    }

    private func endAnswer() {
        flushOutput()
        answerEnded()
    }

    /// Lets a client go on that waits with its body.
    func writeContinue() {
        output.append { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
        flushOutput()
    }
}
