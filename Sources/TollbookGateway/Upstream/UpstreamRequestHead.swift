internal import NIOCore

/// Serializes requests to providers.
enum UpstreamRequestHead {
    /// The request line and the headers that are the same for every call to a provider.
    ///
    /// - Parameter path: from the root.
    static func prefix(path: String, authority: String) -> ByteBuffer {
        ByteBuffer(
            string: "POST \(path) HTTP/1.1\r\nhost: \(authority)\r\naccept-encoding: identity\r\n")
    }

    /// Writes a head, and the body behind it when it is small.
    ///
    /// - Parameters:
    ///   - prefix: what `prefix(path:authority:)` made.
    ///   - secret: the header line of the provider's credential.
    ///   - version: the header line of the version that the caller did not give.
    ///   - forwarded: the caller's header lines.
    ///   - copied: the body's parts if they are to be copied.
    ///   - length: of the whole body.
    static func write(
        prefix: ByteBuffer, secret: ByteBuffer?, version: ByteBuffer?, forwarded: ByteBuffer, copied: [ByteBuffer],
        length: Int, to buffer: inout ByteBuffer
    ) {
        let ownBytes = (secret?.readableBytes ?? 0) + (version?.readableBytes ?? 0)
        let headBytes = prefix.readableBytes + ownBytes + forwarded.readableBytes + fixedBytes
        buffer.write(atMost: headBytes + (copied.isEmpty ? 0 : length)) { cursor in
            cursor.write(prefix)
            if let secret { cursor.write(secret) }
            if let version { cursor.write(version) }
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
