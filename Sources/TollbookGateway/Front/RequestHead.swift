internal import NIOCore
internal import TollbookCore
internal import TollbookWire

/// The head of a request, as far as Tollbook reads it (RFC 9112, sections 3 and 5).
///
/// A class, because it is passed on several times: copies of so many fields cost more than the object.
package final class RequestHead {
    /// What the target and the method ask for.
    package let target: FrontTarget
    /// Whether the method is HEAD, whose answers have no body.
    package let isHEAD: Bool
    package let isHTTP10: Bool
    package let headers: RequestHeaders
    /// The signature of a request that is signed as for AWS; nil: it is not signed, or not completely.
    package let signature: CallerSignature?
    /// The target's query without a virtual key; nil: none.
    let query: String?
    /// What a call that is passed through asks its provider for; nil: it is another call.
    let passed: PassedLine?
    let framing: MessageBody.Framing
    /// Whether the path is one that only Gemini has.
    private let isGeminiPath: Bool

    /// What the caller speaks: the endpoint's dialect; else, or where its calls are passed through, Bedrock's if it
    /// signs; else Anthropic's if it names a version of that, or Gemini's if the path or the key's place is Gemini's.
    var dialect: Dialect {
        if let endpoint = target.endpoint, passed == nil || headers.signature == nil { return endpoint.dialect }
        if headers.signature != nil { return .bedrockConverse }
        if headers.hasAnthropicVersion { return .anthropicMessages }
        switch headers.secret?.place {
        case .googleAPIKey, .query: return .gemini
        default: return isGeminiPath ? .gemini : .openaiChat
        }
    }

    /// Whether the answer is a stream in the form of a JSON array, as Gemini has it unless it is asked for events.
    var isArrayStream: Bool {
        target.endpoint == .streamGenerateContent && !GeminiQuery.asksForEvents(query)
    }

    /// Whether the body must name the model: neither the path nor the provider's default does.
    var needsModel: Bool { target.model == nil && target.endpoint?.defaultModel == nil }

    /// What stands between the parts of the body, if it is a form and the endpoint takes forms.
    var formBoundary: FormBoundary? {
        guard let type = headers.formType, target.endpoint?.takesForms ?? false else { return nil }
        return FormBoundary(contentType: type)
    }
    /// Whether the body may go to the provider before it is whole: nothing in it must be scanned or signed whole.
    var streamsBody: Bool {
        guard headers.encoding == .identity, headers.signature == nil, let endpoint = target.endpoint,
            endpoint.streamsBodies, !needsBodyDigest
        else { return false }
        return endpoint == .passthrough ? !headers.isJSON : formBoundary != nil
    }

    /// Whether the body's SHA-256 is needed: a signature covers it, and AWS's providers want one.
    var needsBodyDigest: Bool { signature != nil || target.endpoint?.dialect.isBedrock ?? false }

    /// Whether the client keeps the connection for another request.
    package var keepsAlive: Bool { headers.framing.keepsAlive(isHTTP10: isHTTP10) }

    /// - Parameters:
    ///   - head: a whole head with its empty line.
    ///   - lines: storage for the headers that go upstream; its contents are dropped.
    init(_ head: ByteBuffer, lines: consuming ByteBuffer) throws(MessageFault) {
        var headers = RequestHeaders(lines: lines)
        var signature: CallerSignature?
        let start = try head.withUnsafeReadableBytes { (bytes) throws(MessageFault) in
            var cursor = HeadCursor(bytes)
            let start = try Self.readLine(&cursor)
            if let key = start.query.flatMap({ QueryKey.secret(in: Substring($0)) }) { headers.takeQueryKey(key) }
            let fields = cursor
            try headers.read(&cursor, of: head, bytes)
            if let authorization = headers.signature {
                signature = try Self.signature(authorization, bytes, fields)
            }
            return start
        }
        self.signature = signature
        target = start.target
        query = start.query.flatMap { QueryKey.removed(from: Substring($0), isAzures: start.isAzures) }
        passed = start.passed
        isHEAD = start.isHEAD
        isHTTP10 = start.isHTTP10
        isGeminiPath = start.isGeminiPath
        framing = try headers.framing.framing(isHTTP10: start.isHTTP10) ?? .length(0)
        self.headers = headers
    }

    private static func signature(
        _ authorization: String, _ head: UnsafeRawBufferPointer, _ fields: HeadCursor
    ) throws(MessageFault) -> CallerSignature? {
        var cursor = HeadCursor(head)
        let method = try cursor.token()
        let (path, query) = try cursor.target().split(at: UInt8(ascii: "?"))
        return CallerSignature(
            authorization: authorization, method: method.string, path: path.string, query: query?.string, head: head,
            fields: fields)
    }

    private struct StartLine {
        let target: FrontTarget
        let isHEAD: Bool
        let isHTTP10: Bool
        let isGeminiPath: Bool
        let query: String?
        /// Whether the path begins as Azure's do.
        let isAzures: Bool
        let passed: PassedLine?
    }

    private static func readLine(_ cursor: inout HeadCursor) throws(MessageFault) -> StartLine {
        let method = try cursor.token()
        let (path, query) = try cursor.target().split(at: UInt8(ascii: "?"))
        let isHTTP10: Bool
        if cursor.skip("HTTP/1.1\r\n") {
            isHTTP10 = false
        } else if cursor.skip("HTTP/1.0\r\n") {
            isHTTP10 = true
        } else {
            throw .malformed
        }
        let target = FrontTarget(method: method, path: path)
        return StartLine(
            target: target, isHEAD: method.isExactly("HEAD"), isHTTP10: isHTTP10,
            isGeminiPath: path.begins("/v1beta/") || path.begins("/v1alpha/"), query: query?.string,
            isAzures: query != nil && path.begins("/openai/"),
            passed: target.endpoint == .passthrough ? PassedLine(method: method.string, path: path.string) : nil)
    }
}
