internal import NIOCore

/// Serializes requests to providers.
enum UpstreamRequestHead {
    /// What is the same for every call of an endpoint at a provider: the request line, before and behind the caller's
    /// query, and the first headers.
    struct Prefix {
        fileprivate let line: ByteBuffer
        fileprivate let headers: ByteBuffer
        /// What stands before the caller's query: the path may have one of its own.
        fileprivate let joint: StaticString
        /// From the root, as AWS's signatures have it; nil: nothing signs.
        let signedPath: String?
        let method: String

        /// - Parameters:
        ///   - path: from the root, with a query or without.
        ///   - isSigned: whether calls are signed as AWS wants it; the path has no query then.
        init(method: String = "POST", path: String, authority: String, isSigned: Bool = false) {
            signedPath = isSigned ? SigV4.canonicalPath(path) : nil
            self.method = method
            line = ByteBuffer(string: "\(method) \(path)")
            joint = path.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            headers = ByteBuffer(string: " HTTP/1.1\r\nhost: \(authority)\r\naccept-encoding: identity\r\n")
        }

        /// The method, and the path with its query.
        func requestLine(query: String?) -> (method: String, target: String) {
            let text = String(buffer: line)
            let space = text.firstIndex(of: " ") ?? text.endIndex
            let path = text[text.index(after: space)...]
            return (String(text[..<space]), query.map { "\(path)\(joint)\($0)" } ?? String(path))
        }
    }

    /// Writes a head, and the body behind it when it is small.
    ///
    /// - Parameters:
    ///   - query: the caller's, without the question mark.
    ///   - secret: the header line of the provider's credential.
    ///   - version: the header line of the version that the caller did not give.
    ///   - forwarded: the caller's header lines.
    ///   - copied: the body's parts if they are to be copied.
    ///   - length: of the whole body; nil: it is sent in chunks.
    static func write(
        prefix: Prefix, query: String?, secret: ByteBuffer?, version: ByteBuffer?, forwarded: ByteBuffer,
        copied: [ByteBuffer], length: Int?, to buffer: inout ByteBuffer
    ) {
        let prefixBytes = prefix.line.readableBytes + (query?.utf8.count ?? 0) + prefix.headers.readableBytes
        let ownBytes = prefixBytes + (secret?.readableBytes ?? 0) + (version?.readableBytes ?? 0)
        let headBytes = ownBytes + forwarded.readableBytes + fixedBytes
        buffer.write(atMost: headBytes + (copied.isEmpty ? 0 : length ?? 0)) { cursor in
            cursor.write(prefix.line)
            if let query {
                cursor.write(prefix.joint)
                cursor.write(query)
            }
            cursor.write(prefix.headers)
            if let secret { cursor.write(secret) }
            if let version { cursor.write(version) }
            cursor.write(forwarded)
            if let length {
                cursor.write("content-length: ")
                cursor.writeDecimal(UInt64(length))
                cursor.write("\r\n\r\n")
            } else {
                cursor.write("transfer-encoding: chunked\r\n\r\n")
            }
            for part in copied { cursor.write(part) }
        }
    }

    /// More than the length's header, the blank line and a question mark.
    private static let fixedBytes = 64
}
