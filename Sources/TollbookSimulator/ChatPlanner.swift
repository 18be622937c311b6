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
            dialect: request.dialect, model: request.model, streams: request.stream && !request.dialect.isMedia,
            isArray: request.isArray, usage: usage(fault: fault), choices: request.choices,
            figures: figures, content: content, chunks: chunks(content),
            finish: finish(content, figures, fault: fault), documents: request.documents)
    }

    private func content(fault: Fault?) -> ChatPlan.Content {
        if request.dialect.isEmbedding { return .vectors(request.inputs, isBase64: request.wantsBase64) }
        if request.dialect.isMedia { return .media(media()) }
        if fault == .largeBody { return .filler(directives.bytes ?? 2_000_000) }
        let calls = toolCalls()
        if !calls.isEmpty { return .toolCalls(calls) }
        if case .json(let text) = request.format { return .text(text) }
        return .words(textTokens())
    }

    private func media() -> MediaContent {
        switch request.dialect {
        case .imageGenerations, .imageEdits:
            var media = MediaContent(kind: .images(isEdit: request.dialect == .imageEdits), count: request.choices)
            if request.mediaFormat != "url" { media.letters = directives.bytes ?? 1_024 }
            media.isStream = request.stream
            media.format = request.mediaFormat
            return media
        case .speech:
            return MediaContent(kind: .speech, letters: directives.bytes ?? 16_384, isStream: request.stream)
        case .transcriptions:
            var media = MediaContent(kind: .transcript, words: directives.completion ?? configuration.completionTokens)
            media.isStream = request.stream
            media.format = request.mediaFormat
            // OpenAI's oldest model is charged by time, and does not stream.
            if ModelName.text(request.model).contains("whisper") {
                media.units = directives.prompt ?? max(1, request.fileBytes / 4_000)
                media.isStream = false
            }
            return media
        case .rerank:
            var media = MediaContent(kind: .ranking, count: request.inputs)
            media.units = directives.prompt
            return media
        default: return MediaContent(kind: .moderation, count: request.inputs)
        }
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
        case .filler, .vectors, .media: 1
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
        case .media(let media): mediaTokens(media)
        }
    }

    /// Output tokens of one image, of speech or of a transcript.
    private func mediaTokens(_ media: MediaContent) -> Int {
        switch media.kind {
        case .moderation, .ranking: 0
        // A small square picture of low quality.
        case .images: 272
        case .speech: 20
        case .transcript: media.words
        }
    }

    private func usage(fault: Fault?) -> ChatPlan.Usage {
        if fault == .noUsage { return .absent }
        let dialect = request.dialect
        if dialect.isAnthropic || dialect.isBedrock || dialect.isResponses || dialect.isMedia || dialect.isGemini
            || dialect == .cohere || dialect == .cohereEmbed
        {
            return .lastChunk
        }
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
            if case .named = request.tool, !request.dialect.isAnthropic, !request.dialect.isBedrock { return .stop }
            return .toolCalls
        case .words:
            let limit = request.maxTokens ?? Int.max
            return figures.completion / request.choices >= limit ? .length : .stop
        case .text, .filler, .vectors, .media:
            return .stop
        }
    }
}
