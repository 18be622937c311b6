internal import NIOCore
internal import NIOHTTP1
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

extension FrontHandler {
    private var connection: AnswerHead.Connection {
        AnswerHead.Connection(isHTTP10: isHTTP10, keepsAlive: keepsAlive)
    }

    // MARK: Whole answers

    /// Answers with an error of Tollbook's own.
    ///
    /// - Parameters:
    ///   - call: the call whose row the headers name; nil: it has none.
    ///   - isHead: whether the method forbids a body.
    func answer(_ error: GatewayError, of call: Call?, _ receipt: SettlementReceipt? = nil, isHead: Bool = false) {
        let body = error.body
        output.append { buffer in
            AnswerHead.writeStatus(error.status, to: &buffer)
            buffer.writeStaticString("content-type: application/json\r\n")
            if let seconds = error.retryAfterSeconds { buffer.writeHeader("retry-after", String(seconds)) }
            if let allow = error.allow { buffer.writeHeader("allow", allow) }
            if let call { Self.writeCallHeaders(call, receipt, to: &buffer) }
            AnswerHead.writeEnd(.length(body.readableBytes), connection, to: &buffer)
            if !isHead { buffer.writeImmutableBuffer(body) }
        }
        endAnswer()
    }

    /// Answers with a JSON body that no call made.
    func answer(with body: ByteBuffer) {
        loop.metrics.count(.ok)
        output.append { buffer in
            buffer.writeOKLine()
            buffer.writeStaticString("content-type: application/json\r\n")
            AnswerHead.writeEnd(.length(body.readableBytes), connection, to: &buffer)
        }
        append(body)
        endAnswer()
    }

    /// Answers with what the provider answered.
    func answer(with call: Call, _ receipt: SettlementReceipt) {
        guard let head = call.head else { return close() }
        output.append { buffer in
            AnswerHead.writeStatus(Int(head.status.code), to: &buffer)
            AnswerHead.writeProviderHeaders(head.headers, isDecoded: call.isDecoded, to: &buffer)
            Self.writeCallHeaders(call, receipt, to: &buffer)
            AnswerHead.writeEnd(.length(call.held.readableBytes), connection, to: &buffer)
        }
        append(call.held)
        endAnswer()
    }

    private static func writeCallHeaders(_ call: Call, _ receipt: SettlementReceipt?, to buffer: inout ByteBuffer) {
        guard let request = call.request else { return }
        buffer.writeHeader("x-tollbook-request-id", request.id.text)
        if let cost = cost(receipt) { buffer.writeHeader("x-tollbook-cost-usd", cost) }
        if HeaderName.isSafeValue(request.route.name) { buffer.writeHeader("x-tollbook-route", request.route.name) }
        buffer.writeStaticString("x-tollbook-attempts: ")
        buffer.writeDecimal(call.attempts.count + (call.progress == nil ? 0 : 1))
        buffer.writeStaticString("\r\n")
    }

    /// The cost in dollars; nil when it is not known, or in another currency.
    private static func cost(_ receipt: SettlementReceipt?) -> String? {
        guard let receipt, let total = receipt.total, receipt.currency ?? "USD" == "USD" else { return nil }
        return total.decimalText
    }

    // MARK: Answers that are relayed

    /// Begins an event stream.
    func beginStream(of call: Call, _ head: HTTPResponseHead, isDecoded: Bool) {
        begin(head, of: call, isDecoded: isDecoded, length: nil)
    }

    /// Begins a plain answer that is too large to be held.
    ///
    /// - Parameter length: of the whole body; nil: not known.
    func beginRelay(of call: Call, _ head: HTTPResponseHead, isDecoded: Bool, length: Int?) {
        begin(head, of: call, isDecoded: isDecoded, length: length)
    }

    private func begin(_ head: HTTPResponseHead, of call: Call, isDecoded: Bool, length: Int?) {
        isChunked = length == nil && !isHTTP10
        if length == nil, isHTTP10 { keepsAlive = false }
        let framing: AnswerHead.Framing = length.map { .length($0) } ?? (isChunked ? .chunked : .untilClose)
        output.append { buffer in
            AnswerHead.writeStatus(Int(head.status.code), to: &buffer)
            AnswerHead.writeProviderHeaders(head.headers, isDecoded: isDecoded, to: &buffer)
            Self.writeCallHeaders(call, nil, to: &buffer)
            AnswerHead.writeEnd(framing, connection, to: &buffer)
        }
    }

    /// Sends bytes of a relayed body, framed. They leave with the next flush.
    func send(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        guard isChunked else { return append(bytes) }
        output.append { buffer in
            buffer.writeHexadecimal(bytes.readableBytes)
            buffer.writeStaticString("\r\n")
        }
        append(bytes)
        output.append { $0.writeStaticString("\r\n") }
    }

    /// Ends a relayed plain answer with the bytes that were kept back.
    func endRelay(with tail: ByteBuffer?) {
        if let tail { send(tail) }
        endRelayed()
    }

    /// Ends a stream: the cost, the terminal event if the provider sent one, and the body's end.
    func endStream(of call: Call, _ receipt: SettlementReceipt, terminalEvent: ByteBuffer?) {
        var ending = ByteBuffer()
        ending.writeStaticString(": tollbook")
        if let cost = Self.cost(receipt) {
            ending.writeStaticString(" cost_usd=")
            ending.writeString(cost)
        }
        if let request = call.request {
            ending.writeStaticString(" request_id=")
            ending.writeString(request.id.text)
        }
        ending.writeStaticString("\n\n")
        if let terminalEvent { ending.writeImmutableBuffer(terminalEvent) }
        send(ending)
        endRelayed()
    }

    /// Ends a stream with an error event and without a terminal one.
    func endStream(with error: GatewayError) {
        send(error.event)
        endRelayed()
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
        if output.isEmpty { context?.flush() } else { context?.writeAndFlush(wrapOutboundOut(output.take()), promise: nil) }
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
