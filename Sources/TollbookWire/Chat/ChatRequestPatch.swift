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
    package internal(set) var edits: [Edit] = []

    /// Plans the changes for a scanned body.
    ///
    /// - Parameters:
    ///   - scan: what the scanner found in the same body.
    ///   - model: the name the provider knows the model by; nil, or the name asked for, leaves it.
    ///   - includeUsage: whether `stream_options.include_usage` must be true upstream.
    package init(_ scan: borrowing ChatRequestScan, model: String? = nil, includeUsage: Bool = false) {
        if includeUsage, let edit = Self.includingUsage(scan) { edits.append(edit) }
        if let model, let edit = Self.naming(model, scan) { edits.append(edit) }
        if edits.count > 1 { sortEdits() }
    }

    /// An insertion comes before a replacement that begins where it stands.
    mutating func sortEdits() {
        edits.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }

    /// Writes a model's name over each place where a Gemini body repeats it.
    package mutating func renameRepeatedModels(of scan: borrowing ChatRequestScan, to model: String) {
        for place in scan.repeatedModels where place.value != model {
            var json = JSONWriter()
            json.value(model)
            edits.append(Edit(range: place.range, replacement: json.buffer))
        }
        edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The change that makes the body name a model; nil if it does.
    private static func naming(_ model: String, _ scan: borrowing ChatRequestScan) -> Edit? {
        guard model != scan.model?.value else { return nil }
        if let opening = scan.formOpening {
            if let named = scan.model { return Edit(range: named.range, replacement: ByteBuffer(string: model)) }
            // A part in front of the first one.
            let head = "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"
            return insertion(at: 0, opening + head + model + "\r\n")
        }
        var json = JSONWriter()
        if let named = scan.model {
            json.value(model)
            return Edit(range: named.range, replacement: json.buffer)
        }
        json.name("model")
        json.value(model)
        let text = String(buffer: json.buffer) + (scan.isEmpty ? "" : ",")
        return insertion(at: scan.objectStart + 1, text)
    }

    /// The change that makes `stream_options.include_usage` true; nil if it is.
    private static func includingUsage(_ scan: borrowing ChatRequestScan) -> Edit? {
        guard let options = scan.streamOptions else {
            // The body has at least `stream`, so a comma can follow.
            return insertion(at: scan.objectStart + 1, #""stream_options":{"include_usage":true},"#)
        }
        if options.isNull {
            return Edit(range: options.range, replacement: ByteBuffer(string: #"{"include_usage":true}"#))
        }
        guard let current = options.includeUsage else {
            let text = #""include_usage":true"# + (options.isEmpty ? "" : ",")
            return insertion(at: options.range.lowerBound + 1, text)
        }
        if current.value == true { return nil }
        return Edit(range: current.range, replacement: ByteBuffer(string: "true"))
    }

    private static func insertion(at offset: Int, _ text: String) -> Edit {
        Edit(range: offset..<offset, replacement: ByteBuffer(string: text))
    }

    /// The patched body's length for an original of `length` bytes.
    package func patchedLength(of length: Int) -> Int {
        edits.reduce(length) { $0 - $1.range.count + $1.replacement.readableBytes }
    }

    /// The patched body as slices of the original and small buffers between them; copies none of the original.
    ///
    /// - Parameter chunks: the body's bytes in order, as they were scanned.
    package func apply(to chunks: [ByteBuffer]) -> [ByteBuffer] {
        guard !edits.isEmpty else { return chunks }
        var output: [ByteBuffer] = []
        output.reserveCapacity(chunks.count + 2 * edits.count)
        var pending = edits[...]
        var chunkStart = 0
        for chunk in chunks {
            let chunkEnd = chunkStart + chunk.readableBytes
            var position = chunkStart
            while let edit = pending.first, edit.range.lowerBound < chunkEnd {
                Self.append(position..<max(position, edit.range.lowerBound), of: chunk, at: chunkStart, to: &output)
                if edit.range.lowerBound >= chunkStart, edit.replacement.readableBytes > 0 {
                    output.append(edit.replacement)
                }
                position = min(edit.range.upperBound, chunkEnd)
                guard edit.range.upperBound <= chunkEnd else { break }
                pending.removeFirst()
            }
            Self.append(position..<max(position, chunkEnd), of: chunk, at: chunkStart, to: &output)
            chunkStart = chunkEnd
        }
        return output
    }

    /// Appends the body's bytes `range`, all of which are in `chunk`, as a slice.
    private static func append(
        _ range: Range<Int>, of chunk: ByteBuffer, at chunkStart: Int, to output: inout [ByteBuffer]
    ) {
        let index = chunk.readerIndex + range.lowerBound - chunkStart
        guard !range.isEmpty, let slice = chunk.getSlice(at: index, length: range.count) else { return }
        output.append(slice)
    }
}
