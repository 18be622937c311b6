package import NIOCore
internal import TollbookWire

/// What a token endpoint gave.
///
/// https://www.rfc-editor.org/rfc/rfc6749#section-5
package struct TokenAnswer: Sendable {
    package let secret: CredentialSecret
    /// How long it is valid, from when it was asked for.
    package let lifetimeSeconds: Int64

    /// OAuth's codes of refusals (RFC 6749, section 5.2); others are not repeated.
    private static let codes: Set = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope",
    ]
    /// Of a token whose time is not told.
    private static let defaultSeconds: Int64 = 300
    private static let maximumSeconds: Int64 = 86_400

    package init(status: Int, body: ByteBuffer) throws(TokenFault) {
        let json = try? JSONView(body)
        guard (200..<300).contains(status) else {
            let code = json?.member("error")?.text?.string
            throw .refused(status: status, code: code.flatMap { Self.codes.contains($0) ? $0 : nil })
        }
        let type = json?.member("token_type")?.text?.string
        guard let token = json?.member("access_token")?.text?.string, let secret = CredentialSecret(text: token),
            type.map({ $0.lowercased() == "bearer" }) ?? true
        else { throw .malformed }
        let seconds = json?.member("expires_in")?.count ?? Self.defaultSeconds
        guard seconds > 0 else { throw .malformed }
        self.secret = secret
        lifetimeSeconds = min(seconds, Self.maximumSeconds)
    }
}
