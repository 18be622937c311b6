internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Attempts at providers that do not speak the caller's dialect.
extension Call {
    /// Sends the translated request.
    ///
    /// - Parameter endpoint: the one that the provider is asked at.
    func dispatchTranslated(
        to endpoint: Endpoint, on connection: UpstreamConnection, pool: ProviderPool, target: PlannedTarget,
        secret: CredentialSecret?
    ) {
        guard let translation, let provider = target.crossedDialect, let request = translation.request(for: target)
        else {
            connection.abandon()
            self.connection = nil
            return targetFailed(.connectFailed)
        }
        crossing = Crossing(from: translation.caller, to: provider, request.notes, answerContext(request))
        willDispatch()
        // The query, and what the caller tells its own dialect's provider, mean nothing to this one.
        let forwarded = HeaderLines.kept(intake.forwarded) { name in
            !name.begins("anthropic-") && !name.begins("openai-") && !name.begins("x-goog-")
        }
        let isEvents = endpoint == .generateContent && request.streams
        let prefix = pool.requestPrefix(
            for: isEvents ? .streamGenerateContent : endpoint, model: target.deployment.model)
        let query = isEvents ? GeminiQuery.events : nil
        connection.send(
            prefix: prefix, query: query,
            secret: secret.map {
                pool.headerLines(
                    of: $0, prefix, query: query, bodySHA256: nil,
                    nowMicros: loop.configuration.clock.nowMicros())
            }, version: pool.anthropicVersion, forwarded: forwarded,
            body: [request.body], length: request.body.readableBytes)
    }

    private func answerContext(_ request: TranslatedRequest) -> AnswerContext {
        var context = AnswerContext(
            model: intake.model, createdSeconds: intake.acceptedMicros / 1_000_000,
            includesUsage: intake.scan.includesUsage, fallbackID: self.request?.id.text ?? "",
            responsesEcho: request.responsesEcho)
        context.isArray = intake.endpoint == .streamGenerateContent && !GeminiQuery.asksForEvents(intake.query)
        return context
    }

    /// The endpoint that the attempt's provider was asked at.
    var upstreamEndpoint: Endpoint {
        guard case .translated(let endpoint) = progress?.target.service else { return intake.endpoint }
        return endpoint
    }

    /// Puts a plain answer that came whole into the caller's dialect, and settles.
    func settleTranslated(_ reader: AnswerReader) {
        guard let answer else { return }
        if reader.refusesCredential {
            return settle(
                .errorStatus, finale: .failure(.upstream(.upstreamAuthFailed)), code: .upstreamAuthFailed)
        }
        guard reader.isSuccess else {
            let error = ProviderError(status: answer.status, body: held, requestID: answer.requestID)
            return settleTranslated(error, as: .errorStatus)
        }
        do throws(AnswerTranslationError) {
            guard let body = try crossing?.translate(held) else { return }
            held = crossing?.whole(body) ?? body
            settle(.complete(isTerminated: true), finale: .answer, code: .ok)
        } catch {
            switch error {
            case .failed(let error): settleTranslated(error, as: .errorEvent)
            case .unreadable:
                settle(.malformed, finale: .failure(.upstream(.upstreamMalformed)), code: .upstreamMalformed)
            }
        }
    }

    private func settleTranslated(_ error: ProviderError, as ending: AttemptEnding) {
        guard let crossing else { return }
        held = crossing.whole(error.body(in: crossing.caller))
        answer?.status = error.status(in: crossing.caller)
        settle(ending, finale: .answer, code: .upstreamError)
    }

    /// A plain answer has grown past what can be translated.
    func answerTooLargeToTranslate() {
        connection?.abandon()
        connection = nil
        let limit = GatewayLimits.translatedAnswerBytes
        settle(
            .malformed,
            finale: .failure(
                GatewayError(
                    .upstreamMalformed, "The provider's answer is larger than the \(limit) bytes to translate.")),
            code: .upstreamMalformed)
    }
}
