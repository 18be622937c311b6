package import NIOCore

/// Scans a request in OpenAI's, Anthropic's or Gemini's form as its chunks arrive, at any split.
///
/// Validates the whole body as JSON (RFC 8259) and reads a few top-level fields; keys are compared after
/// unescaping. A read field that comes twice is refused, also if one of the two differs in the case of its
/// letters, because parsers written in Go match names that way. `stream_options` and its `include_usage`, which a
/// patch may add, are refused in any other spelling. Unknown fields, large integers and repeated unknown keys pass.
/// Where two errors apply, the one found at the lower offset is told; `missing_field` comes last.
package struct ChatRequestScanner: Sendable {
    private var scanner: JSONScanner
    private var visitor: ChatRequestVisitor
    /// nil: another form than Gemini's.
    private var gemini: GeminiRequestVisitor?

    /// - Parameters:
    ///   - form: whose request it is.
    ///   - needsModel: whether a body without a model is refused.
    ///   - depthLimit: open containers allowed, at most `WireLimits.jsonDepth`.
    package init(
        form: RequestForm = .chat, needsModel: Bool = true, depthLimit: Int = WireLimits.jsonDepth
    ) {
        scanner = JSONScanner(depthLimit: depthLimit)
        visitor = ChatRequestVisitor(form: form, needsModel: needsModel)
        if form.isGemini { gemini = GeminiRequestVisitor(isStream: form == .geminiStream) }
    }

    /// Scans the next chunk; does not consume it.
    ///
    /// - Throws: `invalid_utf8`, `syntax`, `too_deep`, `not_an_object`, `duplicate_field`, `invalid_field`;
    ///   the same again once it has thrown.
    package mutating func scan(_ chunk: ByteBuffer) throws(WireError) {
        try chunk.withUnsafeReadableBytes { (bytes) throws(WireError) in try scan(bytes) }
    }

    /// Reads the next bytes of the body where they lie; throws as for a buffer.
    package mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        if gemini != nil { return try scanGemini(bytes) }
        try scanner.feed(bytes, to: &visitor)
    }

    /// Ends the body.
    ///
    /// - Throws: `truncated` for an unfinished body, `missing_field` for one without a model (or, in messages,
    ///   `max_tokens`), or what `scan`
    ///   threw before.
    package mutating func finish() throws(WireError) -> ChatRequestScan {
        if gemini != nil { return try finishGemini() }
        try scanner.finish(&visitor)
        return try visitor.result(bodyBytes: scanner.offset)
    }

    private mutating func scanGemini(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard var visitor = gemini else { return }
        // Out of its place while it is told of the bytes, so that it is not copied.
        gemini = nil
        defer { gemini = visitor }
        try scanner.feed(bytes, to: &visitor)
    }

    private mutating func finishGemini() throws(WireError) -> ChatRequestScan {
        var visitor = gemini ?? GeminiRequestVisitor(isStream: false)
        try scanner.finish(&visitor)
        return visitor.result(bodyBytes: scanner.offset)
    }
}
