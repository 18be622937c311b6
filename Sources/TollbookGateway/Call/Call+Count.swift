internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// Counts of a prompt's tokens that a provider of another dialect is asked for. Whatever goes wrong with it, the
/// caller gets the gateway's estimate.
extension Call {
    /// Whether the attempt is at such a counter.
    var isCounted: Bool {
        if case .counted = progress?.target.service { true } else { false }
    }

    /// Whether the estimate is the answer from the start: no provider counts, or none can be asked for this prompt.
    var isToBeEstimated: Bool {
        guard let target = targets.first else { return false }
        switch target.service {
        case .estimated: return true
        case .counted: return translation?.request(for: target) == nil
        case .native, .translated: return false
        }
    }

    /// Answers with the count that came, in the caller's form, and settles.
    func settleCounted() {
        guard let tokens = TokenCountAnswer.tokens(in: held, of: upstreamEndpoint) else {
            return settleCountFailed(.malformed)
        }
        held = TokenCountAnswer.body(of: intake.endpoint, tokens: tokens)
        settle(.complete(isTerminated: true), finale: .answer, code: .ok)
    }
}

extension EndpointService {
    /// The endpoint of another dialect that a provider is asked at; nil: it is the one that was called, or none.
    var crossedEndpoint: Endpoint? {
        switch self {
        case .translated(let endpoint), .counted(let endpoint): endpoint
        case .native, .estimated: nil
        }
    }
}
