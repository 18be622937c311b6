internal import NIOCore

/// Serializes the heads of requests to providers.
enum UpstreamRequestHead {
    /// The request line and the headers that are the same for every call to a provider.
    static func prefix(for endpoint: UpstreamEndpoint) -> ByteBuffer {
        ByteBuffer(
            string: "POST \(endpoint.path)/chat/completions HTTP/1.1\r\nhost: \(endpoint.authority)\r\n"
                + "accept-encoding: identity\r\n")
    }

    /// Writes a whole head.
    ///
    /// - Parameters:
    ///   - prefix: what `prefix(for:)` made.
    ///   - forwarded: the caller's header lines.
    static func write(
        prefix: ByteBuffer, secret: CredentialSecret?, forwarded: ByteBuffer, bodyBytes: Int,
        to buffer: inout ByteBuffer
    ) {
        buffer.writeImmutableBuffer(prefix)
        if let secret { buffer.writeImmutableBuffer(secret.headerLine) }
        buffer.writeImmutableBuffer(forwarded)
        buffer.writeStaticString("content-length: ")
        buffer.writeDecimal(bodyBytes)
        buffer.writeStaticString("\r\n\r\n")
    }
}
