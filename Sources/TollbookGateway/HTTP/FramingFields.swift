/// The fields that say where a message's body ends and whether its connection goes on (RFC 9112, sections 6 and 9).
struct FramingFields {
    /// As announced.
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    /// Names in lower case that `Connection` declares hop-by-hop.
    private(set) var nominated: [String] = []
    private var saysClose = false
    private var saysKeepAlive = false

    /// A length given twice is refused, also when it is the same.
    mutating func takeContentLength(_ value: HeadText) throws(MessageFault) {
        guard contentLength == nil, let number = value.number else { throw .malformed }
        contentLength = number
    }

    /// Takes `chunked` alone; other codings are refused, because nothing here could decode them.
    mutating func takeTransferEncoding(_ value: HeadText) throws(MessageFault) {
        guard !isChunked, value.equals("chunked") else { throw .malformed }
        isChunked = true
    }

    mutating func takeConnection(_ value: HeadText) {
        if value.equals("keep-alive") {
            saysKeepAlive = true
        } else if value.equals("close") {
            saysClose = true
        } else {
            takeOptions(value.string)
        }
    }

    private mutating func takeOptions(_ value: String) {
        for token in value.split(separator: ",") {
            switch token.trimmingSpaces().lowercased() {
            case "": break
            case "keep-alive": saysKeepAlive = true
            case "close": saysClose = true
            case let name: nominated.append(name)
            }
        }
    }

    func keepsAlive(isHTTP10: Bool) -> Bool {
        !saysClose && (saysKeepAlive || !isHTTP10)
    }

    /// How the body's end is told; nil: by neither field.
    ///
    /// - Throws: where both are given, or chunks to or from a peer that does not know them: a proxy before
    ///   Tollbook may have read the other (RFC 9112, section 11.2).
    func framing(isHTTP10: Bool) throws(MessageFault) -> MessageBody.Framing? {
        guard isChunked else { return contentLength.map { .length($0) } }
        guard contentLength == nil, !isHTTP10 else { throw .malformed }
        return .chunked
    }
}
