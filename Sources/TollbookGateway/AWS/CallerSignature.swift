internal import NIOCore

/// A request's signature by AWS Signature Version 4, with what it was made of but for the body.
///
/// The caller's virtual key is both the access key's id and the secret access key: the ledger keeps only a hash of it,
/// so that the key itself must come with the request, as it does elsewhere. The signature then binds method, path,
/// query, signed headers, body and time to it.
package struct CallerSignature: Sendable, CustomStringConvertible, CustomReflectable {
    /// The time of signing, in microseconds.
    package let timeMicros: Int64
    private let time: String
    private let scope: SigV4.Scope
    private let secret: [UInt8]
    private let signature: [UInt8]
    /// The canonical request up to the body's hash.
    private let canonicalHead: [UInt8]

    /// Headers that a signature must cover: without the first it held at any host, without the second at any time.
    private static let required = ["host", "x-amz-date"]

    /// Reads the value of `Authorization` and the headers that it names.
    ///
    /// - Parameters:
    ///   - head: the request's head.
    ///   - fields: stands before the first field of the same.
    /// - Returns: nil for what is no complete signature for Bedrock.
    init?(
        authorization: String, method: String, path: String, query: String?, head: UnsafeRawBufferPointer,
        fields: HeadCursor
    ) {
        guard let parts = Parts(authorization), Self.required.allSatisfy(parts.signedHeaders.contains),
            let values = Self.values(of: parts.signedHeaders, fields, head),
            let time = values[parts.signedHeaders.firstIndex(of: "x-amz-date") ?? 0],
            let timeText = String(validating: time, as: UTF8.self), let micros = AWSTime.micros(timeText),
            timeText.hasPrefix(parts.scope.date)
        else { return nil }
        timeMicros = micros
        self.time = timeText
        scope = parts.scope
        secret = Array(parts.accessKeyID.utf8)
        signature = parts.signature
        var canonical = Array("\(method)\n\(SigV4.canonicalPath(path))\n\(SigV4.canonicalQuery(query ?? ""))\n".utf8)
        for (name, value) in zip(parts.signedHeaders, values) {
            guard let value else { return nil }
            canonical += Array(name.utf8) + [UInt8(ascii: ":")] + value + [UInt8(ascii: "\n")]
        }
        canonical += Array("\n\(parts.signedHeaders.joined(separator: ";"))\n".utf8)
        canonicalHead = canonical
    }

    /// Whether the request was signed with its key.
    ///
    /// - Parameter bodySHA256: of the body as received, in hexadecimal. A signature without the body is refused.
    package func isValid(bodySHA256: String) -> Bool {
        let key = SigV4.SigningKey(secret: secret, scope: scope)
        return SigV4.isValid(
            signature, of: canonicalHead + Array(bodySHA256.utf8), time: time, scope: scope, with: key)
    }

    /// Whether it was made within `GatewayLimits.signatureAgeMicros` of a time.
    package func isCurrent(atMicros micros: Int64) -> Bool {
        (micros - timeMicros).magnitude <= UInt64(GatewayLimits.signatureAgeMicros)
    }

    package var description: String { "<signature>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The signed headers' values by the order of their names: blanks made one, several of a name joined by commas; nil
    /// for a header that is not there.
    private static func values(
        of names: [String], _ fields: HeadCursor, _ head: UnsafeRawBufferPointer
    ) -> [[UInt8]?]? {
        var values = [[UInt8]?](repeating: nil, count: names.count)
        var cursor = fields
        do throws(MessageFault) {
            while let field = try cursor.field() {
                guard let index = names.firstIndex(of: field.name.string.lowercased()) else { continue }
                let value = singleSpaced(head[field.valueStart..<field.valueStart + field.value.count])
                values[index] = values[index].map { $0 + [UInt8(ascii: ",")] + value } ?? value
            }
        } catch {
            return nil
        }
        return values
    }

    private static func singleSpaced(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        Array(
            bytes.split { $0 == HeadByte.space || $0 == HeadByte.tab }.joined(separator: [HeadByte.space]))
    }

    /// What `Authorization` says: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
    private struct Parts {
        let accessKeyID: String
        let scope: SigV4.Scope
        /// In order, none twice.
        let signedHeaders: [String]
        /// 32 bytes.
        let signature: [UInt8]

        init?(_ authorization: String) {
            let text = authorization.utf8.dropFirst(SigV4.algorithm.utf8.count)
            var credential: Substring?
            var headers: Substring?
            var signature: Substring?
            for part in Substring(text).split(separator: ",") {
                let part = part.trimmingSpaces()
                if part.hasPrefix("Credential=") { credential = part.dropFirst(11) }
                if part.hasPrefix("SignedHeaders=") { headers = part.dropFirst(14) }
                if part.hasPrefix("Signature=") { signature = part.dropFirst(10) }
            }
            guard let scope = credential?.split(separator: "/", omittingEmptySubsequences: false), scope.count == 5,
                scope[3] == SigV4.service, scope[4] == "aws4_request", let headers,
                let bytes = signature.flatMap({ Hexadecimal.bytes($0) }), bytes.count == 32
            else { return nil }
            let names = headers.split(separator: ";").map(String.init)
            guard zip(names, names.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
            accessKeyID = String(scope[0])
            self.scope = SigV4.Scope(date: String(scope[1]), region: String(scope[2]), service: String(scope[3]))
            signedHeaders = names
            self.signature = bytes
        }
    }
}
