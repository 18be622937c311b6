import Crypto
import CryptoExtras
import Foundation
import NIOCore
import Testing
import TollbookGateway

// Focus: what is made of a service account's key, and of the answers of token endpoints.
@Suite struct ServiceAccountKeyTests {
    private static func file(_ changes: [String: Any?] = [:], key: String? = nil) throws -> [UInt8] {
        var fields: [String: Any] = [
            "type": "service_account", "private_key_id": "k\"1", "client_email": "gateway@acme.example",
            "token_uri": "https://oauth2.googleapis.com/token",
        ]
        fields["private_key"] = try key ?? _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
        for (name, value) in changes { fields[name] = value }
        return [UInt8](try JSONSerialization.data(withJSONObject: fields))
    }

    private static func decoded(_ part: Substring) throws -> Data {
        let text = part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return try #require(Data(base64Encoded: String(text) + String(repeating: "=", count: -text.count & 3)))
    }

    private struct Header: Codable, Equatable {
        let alg, typ, kid: String
    }

    private struct Claims: Codable, Equatable {
        let iss, scope, aud: String
        let iat, exp: Int
    }

    private static func object<Object: Decodable>(_ part: Substring) throws -> Object {
        try JSONDecoder().decode(Object.self, from: decoded(part))
    }

    @Test func assertsWhatGoogleAsksFor() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let account = try ServiceAccountKey(Self.file(key: key.pemRepresentation))
        let assertion = try account.assertion(nowSeconds: 1_700_000_000)
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        let header: Header = try Self.object(parts[0])
        #expect(header == Header(alg: "RS256", typ: "JWT", kid: "k\"1"))
        let claims: Claims = try Self.object(parts[1])
        #expect(
            claims
                == Claims(
                    iss: "gateway@acme.example", scope: "https://www.googleapis.com/auth/cloud-platform",
                    aud: "https://oauth2.googleapis.com/token", iat: 1_700_000_000, exp: 1_700_003_600))
        let signed = Data("\(parts[0]).\(parts[1])".utf8)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try Self.decoded(parts[2]))
        #expect(key.publicKey.isValidSignature(signature, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5))
        #expect(!key.publicKey.isValidSignature(signature, for: SHA256.hash(data: signed + [0]), padding: .PSS))
    }

    @Test func readsKeysOfEitherForm() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        for pem in [key.pemRepresentation, key.pkcs8PEMRepresentation] {
            let account = try ServiceAccountKey(Self.file(["private_key_id": nil], key: pem))
            #expect(try account.assertion(nowSeconds: 1).hasPrefix("eyJ"))
        }
    }

    @Test(arguments: [
        ("type", "authorized_user", "its type is not service_account"), ("client_email", "", "it has no client_email"),
        ("token_uri", "http://oauth2.googleapis.com/token", "its token_uri is no https address"),
        ("token_uri", "ftp://x", "its token_uri is no https address"),
        ("private_key", "secret", "its private_key is no RSA key in PEM, of 2048 bits or more"),
    ]) func saysWhatIsWrongAndRepeatsNothing(_ field: String, _ value: String, _ reason: String) throws {
        let file = try Self.file([field: value])
        #expect(throws: TokenFault.keyUnusable(reason)) { try ServiceAccountKey(file) }
        #expect(throws: TokenFault.keyUnusable("it is not JSON")) { try ServiceAccountKey(Array("secret".utf8)) }
    }

    @Test func showsItselfInNoDescription() throws {
        let account = try ServiceAccountKey(Self.file())
        var dumped = ""
        dump(account, to: &dumped)
        for text in ["\(account)", String(reflecting: account), dumped] {
            #expect(!text.contains("acme") && !text.contains("PRIVATE"))
        }
    }

    // MARK: Answers

    private static func answer(_ status: Int, _ body: String) throws(TokenFault) -> TokenAnswer {
        try TokenAnswer(status: status, body: ByteBuffer(string: body))
    }

    @Test(
        arguments: [
            (#"{"access_token":"t","expires_in":3599,"token_type":"Bearer"}"#, 3_599), (#"{"access_token":"t"}"#, 300),
            (#"{"access_token":"t","expires_in":999999999,"scope":"x","token_type":"bearer"}"#, 86_400),
        ] as [(String, Int64)]) func readsATokenAndItsTime(_ body: String, _ seconds: Int64) throws
    {
        #expect(try Self.answer(200, body).lifetimeSeconds == seconds)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"access_token":1}"#, #"{"access_token":""}"#, #"{"access_token":"a\r\nb"}"#,
        #"{"access_token":"t","expires_in":0}"#, #"{"access_token":"t","token_type":"mac"}"#,
    ]) func knowsWhatIsNone(_ body: String) {
        #expect(throws: TokenFault.malformed) { try Self.answer(200, body) }
    }

    @Test func tellsOAuthsCodesAndNoOthers() {
        #expect(throws: TokenFault.refused(status: 400, code: "invalid_grant")) {
            try Self.answer(400, #"{"error":"invalid_grant","error_description":"x"}"#)
        }
        #expect(throws: TokenFault.refused(status: 401, code: nil)) { try Self.answer(401, #"{"error":"ya29.x"}"#) }
        #expect(throws: TokenFault.refused(status: 302, code: nil)) { try Self.answer(302, "<html>") }
    }
}
