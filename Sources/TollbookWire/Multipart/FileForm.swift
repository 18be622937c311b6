package import NIOCore

/// A form that uploads a file: its purpose, and where the file stands in it (RFC 7578).
package struct FileForm: Sendable {
    /// What the file is for.
    package let purpose: String
    /// The file's bytes, relative to the first readable one of the form.
    package let file: Range<Int>

    /// Reads a whole form.
    ///
    /// - Throws: `malformed_form`, `form_too_large`, `duplicate_field`, `missing_field`, `invalid_field`.
    package init(_ body: ByteBuffer, boundary: FormBoundary) throws(WireError) {
        var scanner = FormScanner(boundary)
        var visitor = Visitor()
        try body.withUnsafeReadableBytes { (bytes) throws(WireError) in try scanner.feed(bytes, to: &visitor) }
        try scanner.finish()
        guard let purpose = visitor.purpose else {
            throw WireError(.missingField, at: body.readableBytes, field: "purpose")
        }
        guard let file = visitor.file else { throw WireError(.missingField, at: body.readableBytes, field: "file") }
        self.purpose = purpose
        self.file = file
    }

    private struct Visitor: FormVisitor {
        private enum Part {
            case purpose, file, other
        }

        var purpose: String?
        var file: Range<Int>?
        private var part = Part.other
        private var start = 0
        private var text = BoundedText(limit: WireLimits.formFieldBytes)

        mutating func beginPart(_ head: FormPartHead, at offset: Int) throws(WireError) {
            start = offset
            part = .other
            if HeaderParameters.equal(head.name[...], "purpose") {
                guard purpose == nil else { throw WireError(.duplicateField, at: offset, field: "purpose") }
                guard head.name.elementsEqual("purpose".utf8), !head.isFile, !head.isAmbiguous else {
                    throw WireError(.invalidField, at: offset, field: "purpose")
                }
                part = .purpose
                text = BoundedText(limit: WireLimits.formFieldBytes)
            } else if head.isFile || HeaderParameters.equal(head.name[...], "file") {
                guard file == nil else { throw WireError(.duplicateField, at: offset, field: "file") }
                guard head.name.elementsEqual("file".utf8), !head.isAmbiguous else {
                    throw WireError(.invalidField, at: offset, field: "file")
                }
                part = .file
            }
        }

        mutating func partBytes(_ bytes: UnsafeRawBufferPointer) {
            if part == .purpose { text.append(bytes) }
        }

        mutating func endPart(at offset: Int) throws(WireError) {
            switch part {
            case .purpose:
                guard !text.isCut, !text.hasControlCharacter, !text.bytes.isEmpty,
                    let value = String(validating: text.bytes, as: UTF8.self)
                else { throw WireError(.invalidField, at: start, field: "purpose") }
                purpose = value
            case .file: file = start..<offset
            case .other: break
            }
        }
    }
}
