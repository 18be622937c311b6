internal import NIOCore

/// Decides answers: a pure function of the request, its directives and two numbers.
struct Planner: Sendable {
    private let configuration: SimulatorConfiguration

    init(_ configuration: SimulatorConfiguration) {
        self.configuration = configuration
    }

    /// The directives in force: the configuration's, then the model name's, then the header's.
    ///
    /// - Throws: ``DirectiveError``.
    func directives(model: ByteBuffer, header: String?) throws(DirectiveError) -> Directives {
        var directives = configuration.defaults
        if let text = ModelName.directives(model) { try directives.apply(text) }
        if let header { try directives.apply(header) }
        return directives
    }

    /// - Parameters:
    ///   - call: the call's number, the source of its random draws.
    ///   - ordinal: which call with this model name it is, from 1, for `times`.
    func plan(_ request: ChatRequest, _ directives: Directives, call: Int, ordinal: Int) -> AnswerPlan {
        if var mistake = mistake(in: request) {
            mistake.shape = request.dialect.errorShape
            return .refusal(mistake)
        }
        var draw = Draw(seed: directives.seed.map(UInt64.init) ?? configuration.seed, call: call)
        let strikes = faultStrikes(directives, ordinal: ordinal, draw: &draw)
        var delivery = delivery(directives, draw: &draw)
        delivery.fault = strikes ? directives.fault : nil
        let failsPlainly = delivery.fault == .errorEvent && !request.stream
        if let status = failsPlainly ? 500 : directives.status, strikes {
            let model = ModelName.text(request.model)
            return AnswerPlan(
                subject: .error(
                    .scripted(status: status, model: model, directives: directives, dialect: request.dialect)),
                delivery: delivery)
        }
        let chat = ChatPlanner(request: request, directives: directives, configuration: configuration)
        return AnswerPlan(subject: .chat(chat.plan(fault: delivery.fault)), delivery: delivery)
    }

    private func mistake(in request: ChatRequest) -> ErrorAnswer? {
        guard (1...SimulatorLimits.choices).contains(request.choices) else {
            return .invalid("'n' must be from 1 to \(SimulatorLimits.choices).", parameter: "n")
        }
        if request.dialect == .messages, request.maxTokens == nil {
            return .invalid("max_tokens: Field required", parameter: "max_tokens")
        }
        if let tokens = request.maxTokens, tokens < 1 {
            return .invalid("The limit of output tokens must be at least 1.", parameter: "max_tokens")
        }
        guard request.model.readableBytes <= SimulatorLimits.modelNameBytes else {
            return .invalid("The model name is too long.", parameter: "model")
        }
        return nil
    }

    private func faultStrikes(_ directives: Directives, ordinal: Int, draw: inout Draw) -> Bool {
        if let percent = directives.percent, draw.unit() * 100 >= Double(percent) { return false }
        if let times = directives.times, ordinal > times { return false }
        return true
    }

    private func delivery(_ directives: Directives, draw: inout Draw) -> Delivery {
        var delivery = Delivery()
        if let median = directives.latencyMillis {
            delivery.headDelayNanos = draw.latencyNanos(medianMillis: median, p99Millis: directives.latencyP99Millis)
        }
        if let speed = directives.tokensPerSecond { delivery.nanosPerToken = 1_000_000_000 / speed }
        delivery.perWrite = directives.perWrite
        delivery.after = directives.after
        delivery.gapNanos = (directives.gapMillis ?? (directives.fault == .slowHead ? 20 : 1)) * 1_000_000
        delivery.stallNanos = directives.stallMillis.map { $0 * 1_000_000 }
        delivery.closeAfterNanos = (directives.closeAfterMillis ?? 0) * 1_000_000
        delivery.cut = directives.cut ?? .close
        return delivery
    }
}
