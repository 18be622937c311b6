package import NIOCore

/// Scans a request that comes as a form: a file of audio, or images to edit, with a few fields beside it.
///
/// Finds the model's field, whose bytes are all that changes on the way upstream; files are counted and never looked
/// at. A read field that comes twice is refused, also in another case of its letters, as a file, or under a name that
/// servers could read differently.
package struct FormRequestScanner: Sendable {
    private var scanner: FormScanner
    private var visitor: FormRequestVisitor
    private let opening: String

    /// - Parameter needsModel: whether a form without a model is refused.
    package init(form: RequestForm, needsModel: Bool = true, boundary: FormBoundary) {
        scanner = FormScanner(boundary)
        visitor = FormRequestVisitor(form: form, needsModel: needsModel)
        opening = String(decoding: boundary.delimiter.dropFirst(2), as: UTF8.self)
    }

    /// Scans the next chunk; does not consume it.
    ///
    /// - Throws: `malformed_form`, `form_too_large`, `duplicate_field`, `invalid_field`; the same again once it has
    ///   thrown.
    package mutating func scan(_ chunk: ByteBuffer) throws(WireError) {
        try chunk.withUnsafeReadableBytes { (bytes) throws(WireError) in try scan(bytes) }
    }

    /// Reads the next bytes of the body where they lie; throws as for a buffer.
    package mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        try scanner.feed(bytes, to: &visitor)
    }

    /// What the form asks for as far as it was scanned, so that it can be sent on before it is whole; what it may
    /// still bring counts with the worst case.
    ///
    /// - Parameter announcedBytes: of the whole body; nil: not known.
    /// - Returns: nil while a field is missing that the call cannot be opened without.
    package func interim(announcedBytes: Int?) -> ChatRequestScan? {
        let rest = max(0, (announcedBytes ?? WireLimits.unannouncedUploadBytes) - scanner.offset)
        guard var scan = visitor.interim(bodyBytes: scanner.offset, restBytes: rest) else { return nil }
        scan.formOpening = opening
        return scan
    }

    /// Ends the body.
    ///
    /// - Throws: `missing_field` for one without a model, or what `scan` threw before.
    package mutating func finish() throws(WireError) -> ChatRequestScan {
        try scanner.finish()
        var scan = try visitor.result(bodyBytes: scanner.offset)
        scan.formOpening = opening
        return scan
    }
}

/// Collects a `ChatRequestScan` while a form is scanned.
struct FormRequestVisitor: FormVisitor, Sendable {
    private enum Field: UInt8, CaseIterable {
        case model = 1
        case stream = 2
        case choices = 4
        case user = 8

        var name: StaticString {
            switch self {
            case .model: "model"
            case .stream: "stream"
            case .choices: "n"
            case .user: "user"
            }
        }

        var path: String { "\(name)" }
    }

    private let form: RequestForm
    private let needsModel: Bool
    private var seen: UInt8 = 0
    /// The field that is read; nil: a part that is counted only.
    private var field: Field?
    private var isFile = false
    private var start = 0
    private var text = BoundedText(limit: 0)

    private var model: ChatRequestScan.Field<String>?
    private var stream = false
    private var choices = 1
    private var user: String?
    private var files = 0
    private var fileBytes = 0
    private var textBytes = 0

    init(form: RequestForm, needsModel: Bool) {
        self.form = form
        self.needsModel = needsModel
    }

    mutating func beginPart(_ head: FormPartHead, at offset: Int) throws(WireError) {
        start = offset
        isFile = head.isFile || HeaderParameters.equal(head.name[...], "file")
        field = Field.allCases.first { HeaderParameters.equal(head.name[...], $0.name) }
        if isFile { files += 1 }
        guard let field else { return }
        guard seen & field.rawValue == 0 else {
            throw WireError(.duplicateField, at: offset, field: field.path)
        }
        seen |= field.rawValue
        let isExact = head.name.elementsEqual(field.path.utf8)
        guard isExact, !head.isFile, !head.isAmbiguous else {
            throw WireError(.invalidField, at: offset, field: field.path)
        }
        text = BoundedText(limit: field == .model ? WireLimits.modelBytes : WireLimits.formFieldBytes)
    }

    mutating func partBytes(_ bytes: UnsafeRawBufferPointer) {
        if field != nil {
            text.append(bytes)
        } else if isFile {
            fileBytes += bytes.count
        } else {
            textBytes += bytes.count
        }
    }

    mutating func endPart(at offset: Int) throws(WireError) {
        defer { field = nil }
        guard let field else { return }
        let bytes = text.bytes
        guard !text.isCut, !text.hasControlCharacter, let value = String(validating: bytes, as: UTF8.self) else {
            throw WireError(.invalidField, at: start, field: field.path)
        }
        switch field {
        case .model:
            guard !bytes.isEmpty else { throw WireError(.invalidField, at: start, field: field.path) }
            model = .init(value: value, range: start..<offset)
        case .stream: stream = value == "true" || value == "True" || value == "1"
        case .choices:
            guard let number = Int(value), (0...WireLimits.choices).contains(number) else {
                throw WireError(.invalidField, at: start, field: field.path)
            }
            choices = number
        case .user: user = value
        }
    }

    /// Of a form that goes on: what is still to come counts as files.
    ///
    /// - Returns: nil without the model; for images also without their number, which would raise what they cost.
    func interim(bodyBytes: Int, restBytes: Int) -> ChatRequestScan? {
        guard model != nil || !needsModel, form == .transcription || seen & Field.choices.rawValue != 0, field == nil
        else { return nil }
        var whole = self
        whole.fileBytes += restBytes
        if form != .transcription { whole.files = max(files, WireLimits.editedImages) }
        return whole.scan(bodyBytes: bodyBytes)
    }

    func result(bodyBytes: Int) throws(WireError) -> ChatRequestScan {
        if model == nil, needsModel { throw WireError(.missingField, at: bodyBytes, field: Field.model.path) }
        return scan(bodyBytes: bodyBytes)
    }

    private func scan(bodyBytes: Int) -> ChatRequestScan {
        var scan = ChatRequestScan(model: model)
        scan.isEmpty = false
        scan.stream = stream
        scan.choices = choices
        scan.user = user
        scan.bodyBytes = bodyBytes
        scan.prompt.textBytes = textBytes
        if form == .transcription {
            scan.choices = 1
            scan.askForTranscript(fileBytes: fileBytes)
        } else {
            scan.prompt.attachments = files
            scan.prompt.attachmentBytes = fileBytes
            scan.askForImages()
        }
        return scan
    }
}
