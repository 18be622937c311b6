internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// Answers with an error status.
extension Call {
    /// Settles an answer with an error status that is at its end: the caller gets it, in its own dialect, unless it says
    /// that the gateway's credential is none.
    func settleRefusal(_ reader: AnswerReader) {
        // Too large to be held whole, it has begun to go out as it came.
        if isRelaying { return settle(.errorStatus, finale: .relayedTail, code: .upstreamError) }
        if isCounted { return settleCountFailed(.errorStatus) }
        let error = providerError()
        if reader.refusesCredential || error?.refusesCredential ?? false && maySayCredential {
            return settle(
                .errorStatus, finale: .failure(.upstream(.upstreamAuthFailed)), code: .upstreamAuthFailed)
        }
        if let seconds = error?.retryAfterSeconds { answer?.tellRetry(afterSeconds: seconds) }
        if crossing != nil, let error { return settleTranslated(error, as: .errorStatus) }
        settle(.errorStatus, finale: .answer, code: .upstreamError)
    }

    /// Whether the status is one with which a provider may refuse a credential; Google's is 400, which is read as such
    /// by the reader of its answers unless they are passed through.
    private var maySayCredential: Bool {
        guard let status = answer?.status else { return false }
        guard status == 400, intake.endpoint == .passthrough else { return status == 403 }
        let dialect = progress?.target.deployment.provider.knownDialect
        return dialect == .gemini || dialect == .vertex
    }

    /// What the provider says, where it is of use here; else it is not read.
    private func providerError() -> ProviderError? {
        guard let answer else { return nil }
        let tellsRetry = (answer.status == 429 || answer.status == 503) && upstreamEndpoint.dialect == .gemini
        guard crossing != nil || maySayCredential || tellsRetry else { return nil }
        return ProviderError(
            status: answer.status, body: held, requestID: answer.requestID,
            type: HeaderLines.value(of: BedrockError.typeHeader, in: answer.forwarded))
    }

    /// Has the attempt's credential read again soon: the provider may have refused it.
    func tellCredentialRefused() {
        guard let target = progress?.target, let source = target.credential?.source else { return }
        loop.credentials.refused(source: source, of: target.deployment.provider)
    }
}
