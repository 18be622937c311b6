internal import Crypto

/// AWS Signature Version 4, as far as callers and providers need it.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package enum SigV4 {
    /// What stands before the credential in `Authorization`, and first in the string to sign.
    package static let algorithm = "AWS4-HMAC-SHA256"
    /// Bedrock's name in a scope.
    package static let service = "bedrock"

    /// For which day, region and service a signature holds.
    package struct Scope: Hashable, Sendable {
        /// `20260131`.
        package let date: String
        package let region: String
        package let service: String

        package init(date: String, region: String, service: String) {
            self.date = date
            self.region = region
            self.service = service
        }

        /// As in a credential, behind the access key's id.
        package var text: String { "\(date)/\(region)/\(service)/aws4_request" }
    }

    /// The key that signs within one scope, derived from a secret access key.
    package struct SigningKey: Sendable {
        fileprivate let key: SymmetricKey

        package init(secret: [UInt8], scope: Scope) {
            var key = SymmetricKey(data: Array("AWS4".utf8) + secret)
            for part in [scope.date, scope.region, scope.service, "aws4_request"] {
                let code = HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
                key = SymmetricKey(data: code)
            }
            self.key = key
        }
    }

    /// The signature of a canonical request, in hexadecimal.
    ///
    /// - Parameter time: `20260131T235959Z`.
    package static func signature(
        of canonicalRequest: [UInt8], time: String, scope: Scope, with key: SigningKey
    ) -> String {
        let text = stringToSign(canonicalRequest, time: time, scope: scope)
        return Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: text, using: key.key))
    }

    /// Whether a signature is that of a canonical request; takes as long for a wrong one.
    static func isValid(
        _ signature: [UInt8], of canonicalRequest: [UInt8], time: String, scope: Scope, with key: SigningKey
    ) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            signature, authenticating: stringToSign(canonicalRequest, time: time, scope: scope), using: key.key)
    }

    private static func stringToSign(_ canonicalRequest: [UInt8], time: String, scope: Scope) -> [UInt8] {
        let hash = Hexadecimal.text(SHA256.hash(data: canonicalRequest))
        return Array("\(algorithm)\n\(time)\n\(scope.text)\n\(hash)".utf8)
    }

    // MARK: Canonical forms

    /// A path as it is signed: every byte but letters, digits, `-._~` and `/` escaped, those of escapes too.
    package static func canonicalPath(_ path: String) -> String {
        path.isEmpty ? "/" : escaped(path, keepsSlashes: true)
    }

    /// A path segment as it is sent: every byte but letters, digits and `-._~` escaped.
    package static func escaped(segment: String) -> String {
        escaped(segment, keepsSlashes: false)
    }

    private static func escaped(_ text: String, keepsSlashes: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isUnreserved(byte) || keepsSlashes && byte == UInt8(ascii: "/") {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Hexadecimal.upper[Int(byte >> 4)])
                bytes.append(Hexadecimal.upper[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A query as it is signed: its pairs in order, as they were escaped by who sent them.
    package static func canonicalQuery(_ query: some StringProtocol) -> String {
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Array(parts[0].utf8), value: parts.count > 1 ? Array(parts[1].utf8) : [])
        }
        let sorted = pairs.sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        let separator = [UInt8(ascii: "&")]
        let bytes = sorted.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: separator)
        return String(decoding: Array(bytes), as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
