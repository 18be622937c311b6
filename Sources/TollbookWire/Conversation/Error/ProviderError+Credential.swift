extension ProviderError {
    /// Whether the error says of the credential itself that it is none, or no longer one. Other refusals are about what
    /// was asked for: a model, a country, a prompt.
    package var refusesCredential: Bool {
        if kind == .authentication { return true }
        if let type, Self.credentialClasses.contains(type.string) { return true }
        let start = message.string.prefix(WireLimits.credentialMessageCharacters).lowercased()
        return Self.credentialPhrases.contains { start.contains($0) }
    }

    /// AWS's classes for a signature or a token that it does not take, with which it answers 403.
    /// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
    private static let credentialClasses: Set<String> = [
        "UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch",
        "SignatureDoesNotMatchException", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
        "InvalidClientTokenIdException", "InvalidAccessKeyId", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "IncompleteSignature",
        "IncompleteSignatureException", "RequestExpired",
    ]

    /// What providers write of a credential where neither status nor class tells, in lower case.
    private static let credentialPhrases = [
        "invalid api key", "incorrect api key", "api key not valid", "api key is not valid", "api key is invalid",
        "api key is valid", "api key expired", "api key has expired", "api key was reported as leaked",
        "unregistered callers", "security token included in the request", "request signature we calculated",
        "signature expired", "invalid authentication credentials",
    ]
}
