internal import Crypto
internal import Foundation

/// Signs messages as receivers' libraries check them.
///
/// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, symmetric
/// signatures: a secret is `whsec_` and the Base64 of 24 to 64 bytes.
struct WebhookSigner: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter secrets: as they are kept, the prefix may be left out; nil when one of them is no such secret.
    init?(secrets: [String]) {
        var keys: [SymmetricKey] = []
        for secret in secrets {
            let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
            guard let bytes = Data(base64Encoded: text), (24...64).contains(bytes.count) else { return nil }
            keys.append(SymmetricKey(data: bytes))
        }
        guard !keys.isEmpty else { return nil }
        self.keys = keys
    }

    /// The value of `webhook-signature`: a signature for each secret.
    func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        let content = Array("\(id).\(seconds).".utf8) + body
        return keys.map { key in
            "v1," + Data(HMAC<SHA256>.authenticationCode(for: content, using: key)).base64EncodedString()
        }.joined(separator: " ")
    }
}
