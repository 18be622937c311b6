/// Collects a `ChatRequestScan` while a body is scanned.
///
/// Depth 1 is the body's object: names there are looked up, and `field` is the one whose value comes next.
struct ChatRequestVisitor: JSONVisitor, Sendable {
    private typealias Field = ChatRequestField

    private let form: RequestForm
    private let needsModel: Bool
    /// Fields met, a bit each.
    private var seen: UInt32 = 0
    /// The field whose value is next or being read; nil for anything else.
    private var field: ChatRequestField?
    /// Where that value begins.
    private var valueStart = 0
    /// Where the name of the field met last ends.
    private var nameEnd = 0
    private var maxCompletionTokensNameEnd: Int?
    /// The depth of the number being read.
    private var depth = 0
    private var text = BoundedText(limit: 0)
    private var integer = PlainInteger()
    /// `stream_options`, `metadata` or `inferenceConfig` while its members are read.
    private var openField: ChatRequestField?

    private var model: ChatRequestScan.Field<String>?
    private var stream = false
    private var streamOptions: ChatRequestScan.StreamOptions?
    private var maxTokens: Int?
    private var maxCompletionTokens: Int?
    private var choices = 1
    private var bestOf = 1
    /// Prompts or documents of a request that has them in an array, and whether it is being read.
    private var prompts = 0
    private var isPrompt = false
    /// Bytes and characters of the text to speak, or to rank documents by.
    private var spokenBytes = 0
    private var spokenCharacters = 0
    private var user: String?
    private var serviceTier: String?
    private var isBackground = false
    private var objectStart = 0
    private var isEmpty = true
    private var meter: PromptMeter

    init(form: RequestForm, needsModel: Bool) {
        self.form = form
        self.needsModel = needsModel
        meter = PromptMeter(isConverse: form.isConverse, countsNames: form == .converseCount)
    }

    func result(bodyBytes: Int) throws(WireError) -> ChatRequestScan {
        if model == nil {
            if needsModel { throw WireError(.missingField, at: bodyBytes, field: Field.model.path) }
            // A null could not be told from an absent one when the name is put in.
            if seen & Field.model.rawValue != 0 {
                throw WireError(.invalidField, at: bodyBytes, field: Field.model.path)
            }
        }
        if form == .messages, maxTokens == nil {
            throw WireError(.missingField, at: bodyBytes, field: Field.maxTokens.path)
        }
        var scan = ChatRequestScan(model: model)
        scan.stream = stream
        scan.streamOptions = streamOptions
        scan.maxTokens = maxTokens
        scan.maxCompletionTokens = maxCompletionTokens
        if seen & Field.maxTokens.rawValue == 0 { scan.maxCompletionTokensNameEnd = maxCompletionTokensNameEnd }
        // The provider makes so many answers, whether it sends them all or not.
        scan.choices = choices == 0 ? 0 : max(choices, bestOf) * max(1, prompts)
        scan.user = user
        scan.serviceTier = serviceTier
        scan.isBackground = isBackground
        scan.isEmpty = isEmpty
        scan.objectStart = objectStart
        scan.bodyBytes = bodyBytes
        scan.prompt = meter.size
        switch form {
        case .chat, .messages, .tokenCount, .completions, .embeddings, .responses, .transcription, .converse,
            .converseCount,
            .gemini, .geminiStream:
            break
        case .moderations: scan.units = 1
        case .images: scan.askForImages()
        case .speech: scan.askForSpeech(bytes: spokenBytes, characters: spokenCharacters)
        case .rerank: scan.askForRanking(queryBytes: spokenBytes, documents: prompts)
        }
        return scan
    }

    // MARK: Names and containers

    @inline(__always)
    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 {
            try topLevelName(name, at: offset)
        } else if depth == 2, let openField {
            try memberName(name, of: openField, at: offset)
        } else {
            meter.name(name)
        }
    }

    private mutating func topLevelName(_ name: JSONName, at offset: Int) throws(WireError) {
        field = nil
        isEmpty = false
        isPrompt =
            form == .completions && name.equals("prompt") || form == .rerank && name.equals("documents")
        if let known = Field.namedIgnoringCase(name, in: form) {
            try markSeen(known, at: offset)
            field = try exact(known, name, at: offset)
            nameEnd = offset
            if field == .maxCompletionTokens { maxCompletionTokensNameEnd = offset }
        }
        meter.topLevelName(field)
    }

    private mutating func memberName(_ name: JSONName, of parent: Field, at offset: Int) throws(WireError) {
        let known: Field
        switch parent {
        case .streamOptions:
            known = .includeUsage
            streamOptions?.isEmpty = false
        case .inferenceConfig: known = .inferenceMaxTokens
        default: known = .userID
        }
        guard name.equalsIgnoringCase(known.name) else { return }
        try markSeen(known, at: offset)
        field = try exact(known, name, at: offset)
    }

    /// The field if its name is spelled exactly; nil for another case, which is an unknown field. Not so for the
    /// two that a patch may add: beside a caller's own spelling, they would be there twice.
    private func exact(_ field: Field, _ name: JSONName, at offset: Int) throws(WireError) -> Field? {
        if name.equals(field.name) { return field }
        guard field != .streamOptions, field != .includeUsage else {
            throw WireError(.invalidField, at: offset, field: field.path)
        }
        return nil
    }

    private mutating func markSeen(_ field: ChatRequestField, at offset: Int) throws(WireError) {
        guard seen & field.rawValue == 0 else {
            throw WireError(.duplicateField, at: offset, field: field.path)
        }
        seen |= field.rawValue
    }

    @inline(__always)
    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 {
            guard container == .object else { throw WireError(.notAnObject, at: offset) }
            objectStart = offset
            return
        }
        if isPrompt, depth == 3, container == .array || form == .rerank {
            prompts = min(prompts + 1, WireLimits.prompts)
        }
        if field == nil { meter.begin(container, depth: depth) } else { try beginField(container, at: offset) }
    }

    private mutating func beginField(_ container: JSONContainer, at offset: Int) throws(WireError) {
        switch field {
        case .streamOptions where container == .object:
            streamOptions = .init(range: offset..<offset, nameEnd: nameEnd)
            openField = .streamOptions
        case .metadata where container == .object: openField = .metadata
        case .inferenceConfig where container == .object: openField = .inferenceConfig
        case .messages where container == .array, .input where container == .array: break
        case .input where form == .converseCount && container == .object: break
        default: throw invalid(at: offset)
        }
        field = nil
    }

    @inline(__always)
    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        guard depth > 1 else { return }
        if depth == 2, let closed = openField {
            openField = nil
            guard closed == .streamOptions else { return }
            let start = streamOptions?.range.lowerBound ?? offset
            streamOptions?.range = start..<offset
        }
        meter.end(depth: depth)
    }

    // MARK: Strings

    @inline(__always)
    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: offset) }
        if isPrompt, depth == 2 { prompts = min(prompts + 1, WireLimits.prompts) }
        if field == nil { return meter.beginString(depth: depth) }
        valueStart = offset
        switch field {
        case .model: text = BoundedText(limit: WireLimits.modelBytes)
        case .user, .userID: text = BoundedText(limit: WireLimits.userBytes)
        case .serviceTier, .streamFormat: text = BoundedText(limit: WireLimits.serviceTierBytes)
        case .spokenText, .query: text = BoundedText(limit: 0)
        case .input:
            field = nil
            meter.beginString(depth: depth)
        default: throw invalid(at: offset)
        }
    }

    @inline(__always)
    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if field == nil { meter.stringPiece(bytes) } else { fieldPiece(bytes) }
    }

    private mutating func fieldPiece(_ bytes: UnsafeRawBufferPointer) {
        guard field == .spokenText || field == .query else { return text.append(bytes) }
        spokenBytes += bytes.count
        // Every byte but those that go on with a character.
        for byte in bytes where byte & 0xC0 != 0x80 { spokenCharacters += 1 }
    }

    @inline(__always)
    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        if field == nil { return meter.endString() }
        try endField(at: offset)
    }

    private mutating func endField(at offset: Int) throws(WireError) {
        guard !text.isCut else { throw invalid(at: valueStart) }
        switch field {
        case .model:
            // A name with a control character exists nowhere and could break a header or a log line.
            guard !text.bytes.isEmpty, !text.hasControlCharacter else { throw invalid(at: valueStart) }
            model = .init(value: text.string, range: valueStart..<offset)
        case .user, .userID: user = text.string
        case .streamFormat: stream = text.string == "sse"
        case .spokenText, .query: break
        default: serviceTier = text.string
        }
        field = nil
    }

    // MARK: Numbers and literals

    @inline(__always)
    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: offset) }
        self.depth = depth
        guard field != nil else { return }
        valueStart = offset
        integer = PlainInteger()
    }

    @inline(__always)
    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if field == nil { meter.scalar(bytes.count, depth: depth) } else { integer.append(bytes) }
    }

    @inline(__always)
    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        guard let field else { return }
        try endNumberField(field)
        self.field = nil
    }

    private mutating func endNumberField(_ field: ChatRequestField) throws(WireError) {
        switch field {
        case .maxTokens, .maxOutputTokens, .inferenceMaxTokens:
            maxTokens = try integer(upTo: WireLimits.outputTokens)
        case .maxCompletionTokens: maxCompletionTokens = try integer(upTo: WireLimits.outputTokens)
        case .choices: choices = try integer(upTo: WireLimits.choices)
        case .bestOf: bestOf = try integer(upTo: WireLimits.choices)
        default: throw invalid(at: valueStart)
        }
    }

    private func integer(upTo limit: Int) throws(WireError) -> Int {
        guard let value = integer.value(upTo: Int64(limit)) else { throw invalid(at: valueStart) }
        return Int(value)
    }

    @inline(__always)
    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: range.lowerBound) }
        guard let field else { return meter.scalar(range.count, depth: depth) }
        try endLiteralField(field, literal, range)
        self.field = nil
    }

    private mutating func endLiteralField(
        _ field: ChatRequestField, _ literal: JSONLiteral, _ range: Range<Int>
    ) throws(WireError) {
        switch (field, literal) {
        case (.includeUsage, _):
            streamOptions?.includeUsage = .init(value: literal == .null ? nil : literal == .true, range: range)
        case (.streamOptions, .null):
            streamOptions = .init(range: range, nameEnd: nameEnd)
            streamOptions?.isNull = true
        case (_, .null): break
        case (.stream, _): stream = literal == .true
        case (.background, _): isBackground = literal == .true
        default: throw invalid(at: range.lowerBound)
        }
    }

    private func invalid(at offset: Int) -> WireError {
        WireError(.invalidField, at: offset, field: field?.path)
    }
}
