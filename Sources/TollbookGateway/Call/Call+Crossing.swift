internal import Crypto
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
        to endpoint: Endpoint, on connection: UpstreamLink, pool: ProviderPool, target: PlannedTarget,
        secret: CredentialSecret?
    ) {
        guard let translation, let provider = target.crossedDialect, let request = translation.request(for: target)
        else {
            connection.abandon()
            self.connection = nil
            return targetFailed(.connectFailed)
        }
        crossing = Crossing(from: translation.caller, to: provider, request.notes, answerContext(request))
        crossing?.isOfCohereEmbeddings = provider == .cohereChat && intake.endpoint == .embeddings
        willDispatch()
        crossing?.encodesVectors = request.encodesVectors
        if isCounted { setDeadline(inMillis: GatewayLimits.countMillis) }
        // The query, and what the caller tells its own dialect's provider, mean nothing to this one.
        let forwarded = HeaderLines.kept(intake.forwarded) { name in
            !name.begins("anthropic-") && !name.begins("openai-") && !name.begins("x-goog-") && !name.begins("amz-")
                && !name.begins("x-amz")
        }
        let asked = request.streams ? endpoint.streaming : endpoint
        let prefix = pool.requestPrefix(for: asked, model: target.deployment.model)
        let query = asked == .streamGenerateContent ? GeminiQuery.events : nil
        let digest = prefix.signedPath.map { _ in Self.digest(of: request.body) }
        connection.send(
            prefix: prefix, query: query,
            secret: secret.map {
                pool.headerLines(
                    of: $0, prefix, query: query, bodySHA256: digest,
                    nowMicros: loop.configuration.clock.nowMicros())
            }, version: pool.anthropicVersion, forwarded: forwarded,
            body: [request.body], length: request.body.readableBytes)
    }

    /// In hexadecimal, for a signature.
    static func digest(of body: ByteBuffer) -> String {
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return Hexadecimal.text(hash.finalize())
    }

    private func answerContext(_ request: TranslatedRequest) -> AnswerContext {
        let sentNanos = NIODeadline.now().uptimeNanoseconds
        var context = AnswerContext(
            model: intake.model, createdSeconds: intake.acceptedMicros / 1_000_000,
            includesUsage: intake.scan.includesUsage, fallbackID: self.request?.id.text ?? "",
            responsesEcho: request.responsesEcho,
            elapsedMillis: { Int64((NIODeadline.now().uptimeNanoseconds - sentNanos) / 1_000_000) })
        context.isArray = intake.endpoint == .streamGenerateContent && !GeminiQuery.asksForEvents(intake.query)
        return context
    }

    /// The endpoint that the attempt's provider was asked at.
    var upstreamEndpoint: Endpoint {
        progress?.target.service.crossedEndpoint ?? intake.endpoint
    }

    /// Puts a plain answer of a success status that came whole into the caller's dialect, and settles.
    func settleTranslated() {
        if isTooLarge { return answerTooLargeToTranslate() }
        if isCounted { return settleCounted() }
        if intake.endpoint.isEmbedding, !(crossing?.isOfCohereEmbeddings ?? false) { return settleEmbeddings() }
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

    /// Puts an error of the provider's into the caller's dialect, and settles.
    func settleTranslated(_ error: ProviderError, as ending: AttemptEnding) {
        guard let crossing else { return }
        self.crossing?.failure = error
        held = crossing.whole(error.body(in: crossing.caller))
        answer?.status = error.status(in: crossing.caller)
        settle(ending, finale: .answer, code: .upstreamError)
    }

    /// A plain answer that has grown past what can be translated has ended.
    private func answerTooLargeToTranslate() {
        let limit = GatewayLimits.translatedAnswerBytes
        settle(
            .malformed,
            finale: .failure(
                GatewayError(
                    .upstreamMalformed, "The provider's answer is larger than the \(limit) bytes to translate.")),
            code: .upstreamMalformed)
    }
}
