internal import NIOCore
internal import TollbookCore

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
    /// The target's query without a virtual key; nil: none.
    let query: String?
    let framing: MessageBody.Framing
    /// Whether the path is one that only Gemini has.
    private let isGeminiPath: Bool

    /// What the caller speaks: the endpoint's dialect; else Anthropic's if it names a version of that, or Gemini's if
    /// the path or the key's place is Gemini's.
    var dialect: Dialect {
        if let endpoint = target.endpoint { return endpoint.dialect }
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

    /// Whether the client keeps the connection for another request.
    package var keepsAlive: Bool { headers.framing.keepsAlive(isHTTP10: isHTTP10) }

    /// - Parameters:
    ///   - head: a whole head with its empty line.
    ///   - lines: storage for the headers that go upstream; its contents are dropped.
    init(_ head: ByteBuffer, lines: consuming ByteBuffer) throws(MessageFault) {
        var headers = RequestHeaders(lines: lines)
        let start = try head.withUnsafeReadableBytes { (bytes) throws(MessageFault) in
            var cursor = HeadCursor(bytes)
            let start = try Self.readLine(&cursor)
            if let key = start.query.flatMap({ QueryKey.secret(in: Substring($0)) }) { headers.takeQueryKey(key) }
            try headers.read(&cursor, of: head, bytes)
            return start
        }
        target = start.target
        query = start.query.flatMap { QueryKey.removed(from: Substring($0), isAzures: start.isAzures) }
        isHEAD = start.isHEAD
        isHTTP10 = start.isHTTP10
        isGeminiPath = start.isGeminiPath
        framing = try headers.framing.framing(isHTTP10: start.isHTTP10) ?? .length(0)
        self.headers = headers
    }

    private struct StartLine {
        let target: FrontTarget
        let isHEAD: Bool
        let isHTTP10: Bool
        let isGeminiPath: Bool
        let query: String?
        /// Whether the path begins as Azure's do.
        let isAzures: Bool
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
        return StartLine(
            target: FrontTarget(method: method, path: path), isHEAD: method.isExactly("HEAD"), isHTTP10: isHTTP10,
            isGeminiPath: path.begins("/v1beta/") || path.begins("/v1alpha/"), query: query?.string,
            isAzures: query != nil && path.begins("/openai/"))
    }
}
