/// Collects a `ChatRequestScan` while a Gemini body is scanned.
///
/// Depth 1 is the body's object. A field that comes twice is refused, in whatever spelling, because Google's parser
/// takes two of them (`maxOutputTokens`, `max_output_tokens`) and others may take more; one spelled in no way that
/// Google takes is an unknown field.
struct GeminiRequestVisitor: JSONVisitor, Sendable {
    private typealias Field = GeminiRequestField

    private let isStream: Bool
    /// Fields met at the top and in the generation's settings, and in the inner request at hand; a bit each.
    private var seen: UInt16 = 0
    private var seenInside: UInt16 = 0
    /// The field whose value is next or being read; nil for anything else.
    private var field: GeminiRequestField?
    /// Where that value begins.
    private var valueStart = 0
    /// The field whose object is open.
    private var openField: GeminiRequestField?
    /// The depth of inner requests' members; 0 outside of them.
    private var innerDepth = 0
    /// The depth of the number being read.
    private var depth = 0
    private var text = BoundedText(limit: 0)
    private var integer = PlainInteger()

    private var models: [ChatRequestScan.Field<String>] = []
    private var maxOutputTokens: Int?
    private var candidateCount = 1
    private var objectStart = 0
    private var isEmpty = true
    private var meter = GeminiPromptMeter()

    init(isStream: Bool) {
        self.isStream = isStream
    }

    func result(bodyBytes: Int) -> ChatRequestScan {
        var scan = ChatRequestScan(model: nil)
        scan.repeatedModels = models
        scan.stream = isStream
        scan.maxTokens = maxOutputTokens
        scan.choices = candidateCount
        scan.isEmpty = isEmpty
        scan.objectStart = objectStart
        scan.bodyBytes = bodyBytes
        scan.prompt = meter.size
        return scan
    }

    // MARK: Names and containers

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        field = nil
        if depth == 1 {
            try topLevelName(name, at: offset)
        } else if depth == 2, openField == .generationConfig, let known = Field.named(name, among: Field.generation) {
            try markSeen(known, in: &seen, at: offset)
            if known.isSpelled(name) { field = known } else { meter.name(name) }
        } else if depth == innerDepth, let known = Field.named(name, among: Field.inner) {
            try markSeen(known, in: &seenInside, at: offset)
            if known.isSpelled(name) { field = known } else { meter.name(name) }
        } else {
            meter.name(name)
        }
    }

    private mutating func topLevelName(_ name: JSONName, at offset: Int) throws(WireError) {
        isEmpty = false
        openField = nil
        innerDepth = 0
        if let known = Field.named(name, among: Field.topLevel) {
            try markSeen(known, in: &seen, at: offset)
            if known.isSpelled(name) { field = known }
        }
        switch field {
        case .contents, .content, .systemInstruction, .requests, .generateContentRequest:
            meter.topLevelName(isPrompt: true)
        default: meter.topLevelName(isPrompt: false)
        }
    }

    private func markSeen(_ field: GeminiRequestField, in set: inout UInt16, at offset: Int) throws(WireError) {
        guard set & field.rawValue == 0 else {
            throw WireError(.duplicateField, at: offset, field: field.path)
        }
        set |= field.rawValue
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 {
            guard container == .object else { throw WireError(.notAnObject, at: offset) }
            objectStart = offset
            return
        }
        if let field { try begin(field, container, at: offset) }
        field = nil
        // Each inner request has its own fields.
        if depth == innerDepth { seenInside = 0 }
        meter.begin(container, depth: depth)
    }

    private mutating func begin(
        _ field: GeminiRequestField, _ container: JSONContainer, at offset: Int
    ) throws(WireError) {
        switch field {
        case .generationConfig:
            guard container == .object else { throw invalid(field, at: offset) }
            openField = field
        case .generateContentRequest:
            guard container == .object else { throw invalid(field, at: offset) }
            innerDepth = 2
        // Google takes one element for a list of one.
        case .requests: innerDepth = container == .array ? 3 : 2
        case .contents, .content, .systemInstruction: break
        case .model, .maxOutputTokens, .candidateCount: throw invalid(field, at: offset)
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        guard depth > 1 else { return }
        if depth == 2 {
            openField = nil
            innerDepth = 0
        }
        meter.end(depth: depth)
    }

    // MARK: Strings

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: offset) }
        valueStart = offset
        switch field {
        case .model: text = BoundedText(limit: WireLimits.modelBytes)
        // A number may be written as a string: https://protobuf.dev/programming-guides/json/
        case .maxOutputTokens, .candidateCount: integer = PlainInteger()
        // A text alone for a content or a list of them.
        case .contents, .content, .systemInstruction, nil:
            field = nil
            meter.beginString(depth: depth)
        case .generationConfig, .requests, .generateContentRequest: throw invalid(field, at: offset)
        }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        switch field {
        case .model: text.append(bytes)
        case nil: meter.stringPiece(bytes)
        default: integer.append(bytes)
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        switch field {
        case .model: try endModel(at: offset)
        case nil: meter.endString()
        default:
            // No digit at all would be 0.
            guard offset - valueStart > 2 else { throw invalid(field, at: valueStart) }
            try endInteger()
        }
        field = nil
    }

    private mutating func endModel(at offset: Int) throws(WireError) {
        guard !text.isCut, !text.bytes.isEmpty, !text.hasControlCharacter, models.count < WireLimits.repeatedModels
        else { throw invalid(field, at: valueStart) }
        models.append(.init(value: text.string, range: valueStart..<offset))
    }

    // MARK: Numbers and literals

    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: offset) }
        self.depth = depth
        valueStart = offset
        switch field {
        case nil, .contents, .content, .systemInstruction: field = nil
        case .maxOutputTokens, .candidateCount: integer = PlainInteger()
        default: throw invalid(field, at: offset)
        }
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if field == nil { meter.scalar(bytes.count, depth: depth) } else { integer.append(bytes) }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        guard field != nil else { return }
        try endInteger()
        field = nil
    }

    private mutating func endInteger() throws(WireError) {
        if field == .maxOutputTokens {
            guard let value = integer.value(upTo: Int64(WireLimits.outputTokens)) else {
                throw invalid(field, at: valueStart)
            }
            maxOutputTokens = Int(value)
        } else {
            guard let value = integer.value(upTo: Int64(WireLimits.choices)), value > 0 else {
                throw invalid(field, at: valueStart)
            }
            candidateCount = Int(value)
        }
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        guard depth > 0 else { throw WireError(.notAnObject, at: range.lowerBound) }
        guard let field else { return meter.scalar(range.count, depth: depth) }
        guard literal == .null else { throw invalid(field, at: range.lowerBound) }
        self.field = nil
    }

    private func invalid(_ field: GeminiRequestField?, at offset: Int) -> WireError {
        WireError(.invalidField, at: offset, field: field?.path)
    }
}
