package import NIOCore

/// The few bytes of a request body that change on its way upstream; everything else stays as it was sent.
package struct ChatRequestPatch: Sendable {
    /// One replacement; an empty range is an insertion.
    package struct Edit: Equatable, Sendable {
        /// Absolute bytes of the body to leave out.
        package let range: Range<Int>
        /// What stands there instead.
        package let replacement: ByteBuffer
    }

    /// In ascending order, without overlap.
    package private(set) var edits: [Edit] = []

    /// Plans the changes for a scanned body.
    ///
    /// - Parameters:
    ///   - scan: what the scanner found in the same body.
    ///   - model: the name the provider knows the model by; nil, or the name asked for, leaves it.
    ///   - includeUsage: whether `stream_options.include_usage` must be true upstream.
    package init(_ scan: ChatRequestScan, model: String? = nil, includeUsage: Bool = false) {
    }

    /// The patched body's length for an original of `length` bytes.
    package func patchedLength(of length: Int) -> Int {
        edits.reduce(length) { $0 - $1.range.count + $1.replacement.readableBytes }
    }

    /// The patched body as slices of the original and small buffers between them; copies none of the original.
    ///
    /// - Parameter chunks: the body's bytes in order, as they were scanned.
    package func apply(to chunks: [ByteBuffer]) -> [ByteBuffer] {
        chunks
    }
}
