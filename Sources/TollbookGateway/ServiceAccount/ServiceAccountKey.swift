internal import Crypto
internal import CryptoExtras
internal import NIOCore
internal import TollbookWire

/// A service account's key, as Google's console and `gcloud` write it to a file. Shows itself in no description.
///
/// https://cloud.google.com/iam/docs/keys-create-delete
package struct ServiceAccountKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Where the assertion is exchanged: `https`, or `http` on this machine.
    let tokenEndpoint: UpstreamEndpoint
    private let tokenURI: String
    private let account: String
    private let keyID: String?
    private let key: _RSA.Signing.PrivateKey

    /// - Parameter file: its contents.
    /// - Throws: `TokenFault.keyUnusable`, which repeats nothing of the file.
    package init(_ file: [UInt8]) throws(TokenFault) {
        guard let json = try? JSONView(ByteBuffer(bytes: file)), json.kind == .object else {
            throw .keyUnusable("it is not JSON")
        }
        func text(_ name: StaticString) -> String? { json.member(name)?.text?.string }
        guard text("type") == "service_account" else { throw .keyUnusable("its type is not service_account") }
        guard let account = text("client_email"), !account.isEmpty else {
            throw .keyUnusable("it has no client_email")
        }
        guard let uri = text("token_uri"), let endpoint = UpstreamEndpoint(baseURL: uri),
            endpoint.usesTLS || Self.isThisMachine(endpoint.host)
        else { throw .keyUnusable("its token_uri is no https address") }
        guard let pem = text("private_key"), let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) else {
            throw .keyUnusable("its private_key is no RSA key in PEM, of 2048 bits or more")
        }
        tokenURI = uri
        tokenEndpoint = endpoint
        self.account = account
        keyID = text("private_key_id")
        self.key = key
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// A signed assertion that asks for a token of the scope `cloud-platform` for the longest time that Google gives.
    ///
    /// A JWT with RS256 (RFC 7523, section 3; RFC 7515).
    /// https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
    ///
    /// - Parameter nowSeconds: since 1970.
    package func assertion(nowSeconds: Int64) throws(TokenFault) -> String {
        var header = JSONWriter()
        header.object { json in
            json.name("alg")
            json.value("RS256")
            json.name("typ")
            json.value("JWT")
            if let keyID {
                json.name("kid")
                json.value(keyID)
            }
        }
        var claims = JSONWriter()
        claims.object { json in
            json.name("iss")
            json.value(account)
            json.name("scope")
            json.value("https://www.googleapis.com/auth/cloud-platform")
            json.name("aud")
            json.value(tokenURI)
            json.name("iat")
            json.value(nowSeconds)
            json.name("exp")
            json.value(nowSeconds + GatewayLimits.assertionSeconds)
        }
        let signed = Self.part(header.buffer) + [UInt8(ascii: ".")] + Self.part(claims.buffer)
        var hash = SHA256()
        signed.withUnsafeBytes { hash.update(bufferPointer: $0) }
        guard let signature = try? key.signature(for: hash.finalize(), padding: .insecurePKCS1v1_5) else {
            throw .keyUnusable("its private_key cannot sign")
        }
        let tail = signature.withUnsafeBytes { Base64Text.urlBytes(of: [UInt8]($0)[...]) }
        return String(decoding: signed + [UInt8(ascii: ".")] + tail, as: UTF8.self)
    }

    private static func part(_ json: ByteBuffer) -> [UInt8] {
        Base64Text.urlBytes(of: [UInt8](json.readableBytesView)[...])
    }

    package var description: String { "<service account>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
