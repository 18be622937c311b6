internal import NIOCore

/// Answers requests: plans them and writes what goes out, at once into the loop's buffer or as a script.
struct Responder: Sendable {
    private let shared: SharedState
    private let loop: LoopState

    enum Reply {
        /// The whole answer stands in ``LoopState/sink``.
        case written
        case script(Script)
    }

    init(shared: SharedState, loop: LoopState) {
        self.shared = shared
        self.loop = loop
    }

    /// Answers one request; called on the event loop.
    func reply(to request: RequestHead.WithBody) -> Reply {
        loop.sink.clear()
        switch (request.head.method, request.head.route) {
        case (.post, .chat): return call(request, .chat)
        case (.post, .messages): return call(request, .messages)
        case (.post, .countTokens): return call(request, .tokenCount)
        case (.post, .completions): return call(request, .completions)
        case (.post, .embeddings): return call(request, .embeddings)
        case (.post, .responses): return call(request, .responses)
        case (.post, .responsesCount): return call(request, .responsesCount)
        case (.post, .generateContent), (.post, .streamContent): return call(request, .gemini)
        case (.post, .geminiCount): return call(request, .geminiCount)
        case (.post, .geminiEmbedding): return call(request, .geminiEmbedding)
        case (.post, .geminiEmbeddings): return call(request, .geminiEmbeddings)
        case (.post, .moderations): return call(request, .moderations)
        case (.post, .imageGenerations): return call(request, .imageGenerations)
        case (.post, .imageEdits): return call(request, .imageEdits)
        case (.post, .speech): return call(request, .speech)
        case (.post, .transcriptions): return call(request, .transcriptions)
        case (.post, .rerank): return call(request, .rerank)
        case (.post, .converse): return call(request, .converse)
        case (.post, .converseStream): return call(request, .converseStream)
        case (.post, .converseCount): return call(request, .converseCount)
        case (_, .stored): return stored(request)
        case (.get, .models): return control(request, ControlAnswers.models(created: 1_767_225_600))
        case (.get, .health): return control(request, #"{"status":"ok"}"#)
        case (.get, .calls): return control(request, ControlAnswers.calls(shared.counts()))
        case (.get, .last): return last(request)
        case (.post, .reset):
            shared.reset()
            return control(request, "{}")
        default: return notFound(request)
        }
    }

    /// Answers bytes that are no request, whole into ``LoopState/sink``.
    func refuse(status: Int) {
        loop.sink.clear()
        let error = ErrorAnswer(
            status: status, shape: .openai, type: "invalid_request_error", message: "The request cannot be read.")
        _ = whole(error, stamp: CallStamp(number: 0, created: loop.now), keepsAlive: false)
    }

    private func call(_ request: RequestHead.WithBody, _ dialect: AnswerDialect) -> Reply {
        shared.note(request)
        let stamp = CallStamp(number: shared.nextCall(), created: loop.now)
        guard let chat = parse(request, as: dialect) else {
            let wanted = dialect.takesForms ? "form" : "JSON object"
            var error = ErrorAnswer.invalid("The body is no \(wanted) with a string 'model'.", parameter: "model")
            error.shape = dialect.errorShape
            error.isInArray = request.head.isArray
            return whole(error, stamp: stamp, keepsAlive: request.head.keepsAlive)
        }
        loop.counts.count(chat.model)
        let plan = plan(chat, request.head, call: stamp.number)
        let writer = AnswerWriter(loop: loop, head: request.head, stamp: stamp)
        switch plan.subject {
        case .chat(let chat) where !chat.streams && plan.delivery.isImmediate && chat.fillerBytes == nil:
            writer.writePlain(chat)
            return .written
        case .chat(let chat):
            return .script(chat.streams ? writer.stream(chat, plan.delivery) : writer.plain(chat, plan.delivery))
        case .error(var error) where plan.delivery.isImmediate:
            error.isInArray = request.head.isArray
            return whole(error, stamp: stamp, keepsAlive: request.head.keepsAlive)
        case .error(var error):
            error.isInArray = request.head.isArray
            return .script(writer.error(error, plan.delivery))
        }
    }

    private func stored(_ request: RequestHead.WithBody) -> Reply {
        shared.note(request)
        let stamp = CallStamp(number: shared.nextCall(), created: loop.now)
        let lines = BatchLineAnswers(planner: shared.planner, loop: loop, head: request.head, stamp: stamp)
        guard let call = StoredCall(request), let answer = shared.stored(call, now: loop.now, lines) else {
            return notFound(request)
        }
        return AnswerWriter(loop: loop, head: request.head, stamp: stamp).stored(answer)
    }

    private func parse(_ request: RequestHead.WithBody, as dialect: AnswerDialect) -> ChatRequest? {
        guard dialect.takesForms, let form = FormFields(request) else {
            return dialect == .transcriptions ? nil : ChatRequest.parse(request, as: dialect)
        }
        return ChatRequest(form, as: dialect, bodyBytes: request.body.readableBytes)
    }

    private func plan(_ chat: ChatRequest, _ head: RequestHead, call: Int) -> AnswerPlan {
        do {
            let directives = try shared.planner.directives(model: chat.model, header: head.directives)
            let ordinal = directives.times == nil ? 1 : shared.nextOrdinal(model: chat.model)
            return shared.planner.plan(chat, directives, call: call, ordinal: ordinal)
        } catch {
            var answer = ErrorAnswer.invalid(error.message, parameter: "x-sim", code: "unknown_directive")
            answer.shape = chat.dialect.errorShape
            return .refusal(answer)
        }
    }

    private func last(_ request: RequestHead.WithBody) -> Reply {
        if let last = shared.lastRequest { return control(request, ControlAnswers.last(last)) }
        let hint = shared.configuration.recordsLastRequest ? "No request yet." : "Start the simulator with --record."
        let error = ErrorAnswer(status: 404, shape: .openai, type: "invalid_request_error", message: hint)
        return whole(
            error, stamp: CallStamp(number: 0, created: loop.now), keepsAlive: request.head.keepsAlive)
    }

    private func notFound(_ request: RequestHead.WithBody) -> Reply {
        shared.note(request)
        let isKnown = request.head.route != .unknown
        let error = ErrorAnswer(
            status: isKnown ? 405 : 404, shape: .openai, type: "invalid_request_error",
            message: isKnown ? "This path has another method." : "The simulator has no such path.")
        return whole(
            error, stamp: CallStamp(number: 0, created: loop.now), keepsAlive: request.head.keepsAlive)
    }

    private func control(_ request: RequestHead.WithBody, _ json: String) -> Reply {
        AnswerWriter(loop: loop, head: request.head, stamp: CallStamp(number: 0, created: loop.now)).writeJSON(json)
        return .written
    }

    private func whole(_ error: ErrorAnswer, stamp: CallStamp, keepsAlive: Bool) -> Reply {
        AnswerWriter.write(error, loop: loop, stamp: stamp, keepsAlive: keepsAlive)
        return .written
    }
}
