internal import NIOCore

/// Serializes requests to providers.
enum UpstreamRequestHead {
    /// The request line and the headers that are the same for every call to a provider.
    static func prefix(for endpoint: UpstreamEndpoint) -> ByteBuffer {
        ByteBuffer(
            string: "POST \(endpoint.path)/chat/completions HTTP/1.1\r\nhost: \(endpoint.authority)\r\n"
                + "accept-encoding: identity\r\n")
    }

    /// Writes a head, and the body behind it when it is small.
    ///
    /// - Parameters:
    ///   - prefix: what `prefix(for:)` made.
    ///   - forwarded: the caller's header lines.
    ///   - copied: the body's parts if they are to be copied.
    ///   - length: of the whole body.
    static func write(
        prefix: ByteBuffer, secret: CredentialSecret?, forwarded: ByteBuffer, copied: [ByteBuffer], length: Int,
        to buffer: inout ByteBuffer
    ) {
        let secretBytes = secret?.headerLine.readableBytes ?? 0
        let headBytes = prefix.readableBytes + secretBytes + forwarded.readableBytes + fixedBytes
        buffer.write(atMost: headBytes + (copied.isEmpty ? 0 : length)) { cursor in
            cursor.write(prefix)
            if let secret { cursor.write(secret.headerLine) }
            cursor.write(forwarded)
            cursor.write("content-length: ")
            cursor.writeDecimal(UInt64(length))
            cursor.write("\r\n\r\n")
            for part in copied { cursor.write(part) }
        }
    }

    /// More than the length's header and the blank line.
    private static let fixedBytes = 64
}
