internal import NIOCore
internal import NIOHPACK

/// Turns a request's head lines into HTTP/2's fields (RFC 9113, section 8.3.1).
enum RequestFields {
    /// Parameters as of `UpstreamRequestHead.write`.
    ///
    /// - Parameter authority: `host` or `host:port`, as the provider's address has it.
    static func make(
        prefix: UpstreamRequestHead.Prefix, authority: String, query: String?, secret: ByteBuffer?,
        version: ByteBuffer?, forwarded: ByteBuffer, length: Int?
    ) -> HPACKHeaders {
        var fields = HPACKHeaders()
        fields.reserveCapacity(24)
        let line = prefix.requestLine(query: query)
        fields.add(name: ":method", value: line.method)
        fields.add(name: ":scheme", value: "https")
        fields.add(name: ":authority", value: authority)
        fields.add(name: ":path", value: line.target)
        fields.add(name: "accept-encoding", value: "identity")
        // What is written into the table could be guessed from the length of what comes later (RFC 7541, section 7.1).
        if let secret { add(secret, to: &fields, indexing: .neverIndexed) }
        if let version { add(version, to: &fields) }
        add(forwarded, to: &fields)
        if let length { fields.add(name: "content-length", value: String(length), indexing: .nonIndexable) }
        return fields
    }

    /// - Parameter lines: header lines, each with its line end, none of them hop-by-hop; read before, so that all
    ///   parse.
    private static func add(_ lines: ByteBuffer, to fields: inout HPACKHeaders, indexing: HPACKIndexing = .indexable) {
        lines.withUnsafeReadableBytes { bytes in
            var cursor = HeadCursor(bytes)
            while let field = try? cursor.field() {
                fields.add(name: field.name.lowercasedString, value: field.value.string, indexing: indexing)
            }
        }
    }
}
