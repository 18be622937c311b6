internal import NIOCore

/// Writes the answer to one request, at once or as a script.
struct AnswerWriter {
    let loop: LoopState
    let head: RequestHead
    let stamp: CallStamp

    /// Writes a plain chat answer whole into the loop's sink.
    func writePlain(_ plan: ChatPlan) {
        loop.body.clear()
        writeBody(plan, into: &loop.body)
        var answer = AnswerHead(framing: .length(loop.body.count), keepsAlive: head.keepsAlive)
        answer.contentType = plan.contentType
        answer.requestIDName = plan.dialect.requestIDName
        answer.write(stamp: stamp, dateLine: loop.dateLine(stamp.created), into: &loop.sink)
        loop.body.withBytes { loop.sink.write($0) }
    }

    /// Writes a JSON answer of the simulator's own endpoints.
    func writeJSON(_ json: String) {
        let answer = AnswerHead(framing: .length(json.utf8.count), keepsAlive: head.keepsAlive)
        answer.write(stamp: stamp, dateLine: loop.dateLine(stamp.created), into: &loop.sink)
        loop.sink.write(text: json)
    }

    /// Writes an error whole into the loop's sink.
    static func write(_ error: ErrorAnswer, loop: LoopState, stamp: CallStamp, keepsAlive: Bool) {
        let (head, body) = bytes(error, loop: loop, stamp: stamp, keepsAlive: keepsAlive)
        loop.sink.write(head)
        loop.sink.write(body)
    }

    /// A plain chat answer with delays or faults.
    func plain(_ plan: ChatPlan, _ delivery: Delivery) -> Script {
        let body = scriptedBody(plan, delivery.fault)
        let promised = body.count + (delivery.fault == .wrongLength ? 64 : 0)
        var answer = AnswerHead(framing: .length(promised), keepsAlive: head.keepsAlive)
        answer.isGzip = delivery.fault == .gzip
        answer.contentType = plan.contentType
        answer.requestIDName = plan.dialect.requestIDName
        let generation = delivery.nanosPerToken * (plan.figures.completion / plan.choices)
        return .plain(
            PlainScript(head: bytes(answer), body: body, delivery: delivery, generationNanos: generation))
    }

    /// A streamed chat answer.
    func stream(_ plan: ChatPlan, _ delivery: Delivery) -> Script {
        var answer = AnswerHead(framing: head.isHTTP10 ? .untilClose : .chunked, keepsAlive: head.keepsAlive)
        answer.contentType =
            if plan.isArray {
                "application/json; charset=UTF-8"
            } else if plan.dialect.isBedrock {
                "application/vnd.amazon.eventstream"
            } else {
                "text/event-stream; charset=utf-8"
            }
        answer.isGzip = delivery.fault == .gzip
        answer.requestIDName = plan.dialect.requestIDName
        answer.keepsAlive = head.keepsAlive && !head.isHTTP10
        let script = StreamScript(
            head: bytes(answer), plan: plan, stamp: stamp, delivery: delivery, isChunked: !head.isHTTP10)
        return .stream(script)
    }

    /// An error with delays or faults.
    func error(_ error: ErrorAnswer, _ delivery: Delivery) -> Script {
        let (head, body) = Self.bytes(error, loop: loop, stamp: stamp, keepsAlive: head.keepsAlive)
        return .plain(PlainScript(head: head, body: AnswerBody(body), delivery: delivery))
    }

    /// An answer about files or batches, later if that was asked for.
    func stored(_ answer: StoredAnswer) -> Responder.Reply {
        var head = AnswerHead(
            status: answer.status, framing: .length(answer.body.readableBytes), keepsAlive: self.head.keepsAlive)
        if answer.isContent { head.contentType = "application/octet-stream" }
        var delivery = Delivery()
        delivery.headDelayNanos = answer.delayMillis * 1_000_000
        return .script(.plain(PlainScript(head: bytes(head), body: AnswerBody(answer.body), delivery: delivery)))
    }

    /// The body of a plain answer.
    func body(_ plan: ChatPlan) -> ByteBuffer {
        var sink = ByteSink()
        writeBody(plan, into: &sink)
        return sink.buffer
    }

    @discardableResult
    private func writeBody(_ plan: ChatPlan, into sink: inout ByteSink) -> Int? {
        switch plan.dialect {
        case .chat, .completions: ChatBody(plan: plan, stamp: stamp).write(into: &sink)
        case .responses, .responsesCount: ResponsesBody(plan: plan, stamp: stamp).write(into: &sink)
        case .embeddings: EmbeddingsBody(plan: plan).write(into: &sink)
        case .messages, .tokenCount: MessagesBody(plan: plan, stamp: stamp).write(into: &sink)
        case .gemini, .geminiCount, .geminiEmbedding, .geminiEmbeddings:
            GeminiBody(plan: plan, stamp: stamp).write(into: &sink)
        case .moderations, .imageGenerations, .imageEdits, .speech, .transcriptions, .rerank:
            if case .media(let content) = plan.content {
                MediaBody(plan: plan, content: content, stamp: stamp).write(into: &sink)
            } else {
                nil
            }
        case .converse, .converseStream, .converseCount: ConverseBody(plan: plan, stamp: stamp).write(into: &sink)
        }
    }

    private func bytes(_ answer: AnswerHead) -> ByteBuffer {
        var sink = ByteSink(capacity: 512)
        answer.write(stamp: stamp, dateLine: loop.dateLine(stamp.created), into: &sink)
        return sink.buffer
    }

    private func scriptedBody(_ plan: ChatPlan, _ fault: Fault?) -> AnswerBody {
        var sink = ByteSink()
        let gap = writeBody(plan, into: &sink)
        var bytes = sink.buffer
        if fault == .malformedJSON { bytes.moveWriterIndex(to: bytes.writerIndex - min(40, bytes.readableBytes)) }
        if fault == .gzip { return AnswerBody(GzipWriter.whole(bytes)) }
        guard let gap, let count = plan.fillerBytes else { return AnswerBody(bytes) }
        let front = bytes.readSlice(length: gap) ?? ByteBuffer()
        return AnswerBody(front: front, filler: count, back: bytes)
    }

    private static func bytes(
        _ error: ErrorAnswer, loop: LoopState, stamp: CallStamp, keepsAlive: Bool
    ) -> (head: ByteBuffer, body: ByteBuffer) {
        var sink = ByteSink(capacity: 512)
        stamp.writeRequestID(into: &sink)
        let body = error.body(requestID: String(buffer: sink.buffer))
        sink.clear()
        var head = AnswerHead(status: error.status, framing: .length(body.readableBytes), keepsAlive: keepsAlive)
        head.contentType = error.contentType
        head.extraLines = error.headerLines
        head.requestIDName = error.shape.requestIDName
        head.write(stamp: stamp, dateLine: loop.dateLine(stamp.created), into: &sink)
        return (sink.buffer, body)
    }
}
