package import NIOCore
package import TollbookCore

extension ChatRequestPatch {
    /// Adds the changes without which a provider would refuse the request.
    ///
    /// `stream_options` goes with its comma, unless it is all that there is. `max_completion_tokens` gets its older
    /// name, unless `max_tokens` stands beside it: which of the two counts is then the provider's to say.
    ///
    /// - Parameters:
    ///   - scan: what the scanner found in `body`.
    ///   - body: whole, from its first byte.
    package mutating func adapt(_ scan: borrowing ChatRequestScan, _ body: ByteBuffer, to rules: RequestFieldRules) {
        body.withUnsafeReadableBytes { bytes in
            if !rules.takesStreamOptions, let options = scan.streamOptions,
                let range = Self.member(nameEnd: options.nameEnd, valueEnd: options.range.upperBound, bytes)
            {
                edits.append(Edit(range: range, replacement: ByteBuffer()))
            }
            if !rules.takesMaxCompletionTokens, let end = scan.maxCompletionTokensNameEnd {
                let name = Self.nameStart(end: end, bytes)..<end
                edits.append(Edit(range: name, replacement: ByteBuffer(string: #""max_tokens""#)))
            }
        }
        if edits.count > 1 { sortEdits() }
    }

    /// A member of the body's object with the comma behind it, or else the one before it; nil when it stands alone.
    private static func member(nameEnd: Int, valueEnd: Int, _ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        let start = nameStart(end: nameEnd, bytes)
        if let next = bytes[valueEnd...].firstIndex(where: { !isBlank($0) }), bytes[next] == UInt8(ascii: ",") {
            return start..<next + 1
        }
        if let previous = bytes[..<start].lastIndex(where: { !isBlank($0) }), bytes[previous] == UInt8(ascii: ",") {
            return previous..<valueEnd
        }
        return nil
    }

    /// The opening quote of a name that ends, with its closing quote, at an offset. None of the names that are looked
    /// for has a quote in it, escaped or not.
    private static func nameStart(end: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        bytes[..<(end - 1)].lastIndex(of: UInt8(ascii: "\"")) ?? end
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }
}
