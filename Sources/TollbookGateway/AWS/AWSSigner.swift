package import NIOCore

/// Signs requests to one provider. A key is derived once a day for each credential; the rest is two hashes of a few
/// hundred bytes and an authentication code.
package struct AWSSigner {
    private struct Derived {
        let keys: AWSKeyPair
        let scope: SigV4.Scope
        let key: SigV4.SigningKey
    }

    private let region: String
    private let host: String
    private var derived: [Derived] = []

    /// Credentials of one provider whose keys are kept; more are derived again.
    private static let keptKeys = 8

    /// - Parameter host: as the Host header has it.
    package init(region: String, host: String) {
        self.region = region
        self.host = host
    }

    /// The header lines that sign a request, each with its line end.
    ///
    /// - Parameters:
    ///   - path: as it is signed, see `SigV4.canonicalPath(_:)`.
    ///   - bodySHA256: in hexadecimal.
    package mutating func lines(
        keys: AWSKeyPair, method: String = "POST", path: String, query: String?, bodySHA256: String, nowMicros: Int64
    ) -> ByteBuffer {
        let time = AWSTime.text(micros: nowMicros)
        let scope = SigV4.Scope(date: String(time.prefix(8)), region: region, service: SigV4.service)
        let key = signingKey(keys, scope)
        var headers = "host:\(host)\nx-amz-date:\(time)\n"
        var names = "host;x-amz-date"
        if let token = keys.sessionToken {
            headers += "x-amz-security-token:\(token)\n"
            names += ";x-amz-security-token"
        }
        let canonical = "\(method)\n\(path)\n\(SigV4.canonicalQuery(query ?? ""))\n\(headers)\n\(names)\n\(bodySHA256)"
        let signature = SigV4.signature(of: Array(canonical.utf8), time: time, scope: scope, with: key)
        var lines = ByteBuffer()
        lines.writeHeaderLine("x-amz-date", time)
        if let token = keys.sessionToken { lines.writeHeaderLine("x-amz-security-token", token) }
        lines.writeHeaderLine(
            "authorization",
            "\(SigV4.algorithm) Credential=\(keys.accessKeyID)/\(scope.text), SignedHeaders=\(names), "
                + "Signature=\(signature)")
        return lines
    }

    private mutating func signingKey(_ keys: AWSKeyPair, _ scope: SigV4.Scope) -> SigV4.SigningKey {
        if let known = derived.first(where: { $0.keys === keys && $0.scope == scope }) { return known.key }
        derived.removeAll { $0.keys === keys }
        if derived.count >= Self.keptKeys { derived.removeFirst() }
        let key = SigV4.SigningKey(secret: keys.secret, scope: scope)
        derived.append(Derived(keys: keys, scope: scope, key: key))
        return key
    }
}
