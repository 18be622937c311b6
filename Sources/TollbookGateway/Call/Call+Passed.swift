internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// What a call that is passed through is taken for, by its provider and path: its answer is read so, but never changed.
extension Call {
    /// The endpoint as whose stream the answer is read.
    var answerEndpoint: Endpoint { intake.endpoint == .passthrough ? passedAs : upstreamEndpoint }

    /// The same of a call that is passed through, by its path and the answer's head.
    var passedEndpoint: Endpoint {
        guard let path = intake.passed?.path else { return .passthrough }
        switch progress?.target.deployment.provider.knownDialect {
        case .gemini, .vertex: return path.hasSuffix(":streamGenerateContent") ? .streamGenerateContent : .passthrough
        case .bedrock: return answer?.isMessageStream ?? false ? .converseStream : .passthrough
        default: return .passthrough
        }
    }

    /// Whether a stream that is passed through has no place for a comment; Google's SDKs take one for broken JSON.
    var passesBareStream: Bool {
        guard intake.endpoint == .passthrough, let reader else { return false }
        return reader.form == .lines || passedAs != .passthrough
    }

    /// The SHA-256 of a whole body that goes up signed though its endpoint needs no signature; nil: it needs none.
    func passedDigest(_ prefix: UpstreamRequestHead.Prefix) -> String? {
        prefix.signedPath == nil || upload != nil ? nil : Self.digest(of: intake.body)
    }

    /// What Bedrock's headers tell of an answer that is passed through.
    var passedCounts: InvocationCounts? {
        guard intake.endpoint == .passthrough, let answer,
            progress?.target.deployment.provider.knownDialect == .bedrock
        else { return nil }
        return InvocationCounts { HeaderLines.value(of: $0, in: answer.forwarded) }
    }
}
