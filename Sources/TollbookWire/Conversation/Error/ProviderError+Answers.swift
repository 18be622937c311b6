/// Errors that are read out of an answer's own words.
extension ProviderError {
    /// The answer cannot be told in the caller's dialect.
    init(untellable message: String) {
        self.init(message: JSONText(message), code: nil)
    }

    /// An answer that ended in a failure; another try may do better.
    init(_ fault: AnswerFault) {
        var message = JSONText("the provider's answer failed: ")
        message.append(fault.reason)
        if let explanation = fault.explanation, !explanation.isEmpty {
            message.append(JSONText(" ("))
            message.append(explanation)
            message.append(JSONText(")"))
        }
        self.init(message: message, code: fault.reason)
    }

    private init(message: JSONText, code: JSONText?) {
        kind = .server
        status = nil
        self.message = message
        type = nil
        self.code = code
        parameter = nil
        requestID = nil
        retryAfterSeconds = nil
    }
}
