/// Decides the content and the counts of one chat answer.
struct ChatPlanner {
    let request: ChatRequest
    let directives: Directives
    let configuration: SimulatorConfiguration

    /// - Parameter fault: the fault in force; some change the content.
    func plan(fault: Fault?) -> ChatPlan {
        let content = content(fault: fault)
        let figures = figures(content)
        return ChatPlan(
            dialect: request.dialect, model: request.model, streams: request.stream, isArray: request.isArray,
            usage: usage(fault: fault), choices: request.choices,
            figures: figures, content: content, chunks: chunks(content),
            finish: finish(content, figures, fault: fault))
    }

    private func content(fault: Fault?) -> ChatPlan.Content {
        if request.dialect.isEmbedding { return .vectors(request.inputs, isBase64: request.wantsBase64) }
        if fault == .largeBody { return .filler(directives.bytes ?? 2_000_000) }
        let calls = toolCalls()
        if !calls.isEmpty { return .toolCalls(calls) }
        if case .json(let text) = request.format { return .text(text) }
        return .words(textTokens())
    }

    private func toolCalls() -> [ToolSample] {
        switch request.tool {
        case .none: return []
        case .named(let tool): return Array(repeating: tool, count: directives.toolCalls ?? 1)
        case .required(let tools): return cycled(tools, count: directives.toolCalls ?? 1)
        case .offered(let tools): return cycled(tools, count: directives.toolCalls ?? 0)
        }
    }

    private func cycled(_ tools: [ToolSample], count: Int) -> [ToolSample] {
        (0..<count).map { tools[$0 % tools.count] }
    }

    /// Tokens of text in each choice.
    private func textTokens() -> Int {
        if let pinned = directives.completion {
            let silent = (directives.reasoning ?? 0) + (directives.audioOut ?? 0) + (directives.rejectedPrediction ?? 0)
            return max(0, pinned - silent) / request.choices
        }
        if let chunks = directives.chunks { return chunks }
        return min(request.maxTokens ?? SimulatorLimits.tokens, configuration.completionTokens)
    }

    private func chunks(_ content: ChatPlan.Content) -> Int {
        switch content {
        case .words(let tokens): directives.chunks ?? tokens
        case .text, .toolCalls: directives.chunks.map { max(1, $0) } ?? 4
        case .filler, .vectors: 1
        }
    }

    private func figures(_ content: ChatPlan.Content) -> UsageFigures {
        var figures = UsageFigures()
        figures.cached = directives.cached ?? 0
        figures.cacheWrite = directives.cacheWrite
        figures.audioIn = directives.audioIn ?? 0
        figures.reasoning = directives.reasoning ?? 0
        figures.audioOut = directives.audioOut ?? 0
        figures.acceptedPrediction = directives.acceptedPrediction ?? 0
        figures.rejectedPrediction = directives.rejectedPrediction ?? 0
        let parts = figures.cached + (figures.cacheWrite ?? 0) + figures.audioIn
        let counted = (request.bodyBytes + configuration.bytesPerToken - 1) / max(1, configuration.bytesPerToken)
        figures.prompt = directives.prompt ?? max(counted, parts)
        let silent = figures.reasoning + figures.audioOut + figures.rejectedPrediction
        figures.completion = directives.completion ?? contentTokens(content) * request.choices + silent
        return figures
    }

    /// Tokens of one choice's content; a JSON token is taken as four bytes.
    private func contentTokens(_ content: ChatPlan.Content) -> Int {
        switch content {
        case .words(let tokens): tokens
        case .text(let text): (text.utf8.count + 3) / 4
        case .toolCalls(let calls): calls.reduce(0) { $0 + ($1.name.utf8.count + $1.arguments.utf8.count + 3) / 4 }
        case .filler(let bytes): (bytes + 3) / 4
        case .vectors: 0
        }
    }

    private func usage(fault: Fault?) -> ChatPlan.Usage {
        if fault == .noUsage { return .absent }
        if request.dialect.isAnthropic || request.dialect.isResponses || request.dialect.isGemini { return .lastChunk }
        switch directives.usage ?? .asked {
        case .asked: return !request.stream || request.includeUsage ? .lastChunk : .absent
        case .always: return .lastChunk
        case .finish: return .finishChunk
        case .every: return .everyChunk
        }
    }

    private func finish(_ content: ChatPlan.Content, _ figures: UsageFigures, fault: Fault?) -> ChatPlan.Finish {
        if fault == .noFinish { return .missing }
        switch content {
        case .toolCalls:
            // A call that the request forced by name ends with "stop", as at OpenAI.
            if case .named = request.tool, !request.dialect.isAnthropic { return .stop }
            return .toolCalls
        case .words:
            let limit = request.maxTokens ?? Int.max
            return figures.completion / request.choices >= limit ? .length : .stop
        case .text, .filler, .vectors:
            return .stop
        }
    }
}
