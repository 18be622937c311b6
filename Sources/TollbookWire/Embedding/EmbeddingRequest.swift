package import NIOCore
package import TollbookCore

/// Texts whose embeddings are asked for, in no dialect.
package struct EmbeddingRequest {
    private let source: ConversationDialect
    private var texts: [JSONText] = []
    /// The size of the vectors, as the number was written; nil: the model's own.
    private var dimensions: ByteBuffer?
    private var wantsBase64 = false
    private var dropped = FieldNames()

    private init(source: ConversationDialect) {
        self.source = source
    }

    /// Puts a request into the other dialect.
    ///
    /// - Parameters:
    ///   - body: one that was scanned without an error.
    ///   - endpoint: the one that was called: `embeddings`, `embedContent` or `batchEmbedContents`.
    ///   - model: by the name that the provider knows.
    /// - Throws: what cannot be read, or a refusal by `EmbeddingRules`.
    package static func translate(
        _ body: ByteBuffer, of endpoint: Endpoint, model: String
    ) throws(TranslationError) -> TranslatedRequest {
        let view = JSONView(validated: body)
        var request = EmbeddingRequest(source: endpoint == .embeddings ? .openAIChat : .gemini)
        switch endpoint {
        case .embeddings: try request.readOpenAI(view)
        case .batchEmbedContents: try request.readBatch(view)
        default: try request.readContent(view)
        }
        return request.write(model: model)
    }

    // MARK: Reading

    private mutating func readOpenAI(_ view: JSONView) throws(TranslationError) {
        var hasInput = false
        for (name, value) in view.members where !value.isNull {
            switch name {
            case "model": break
            case "input":
                hasInput = true
                try readInput(value)
            case "dimensions": dimensions = try Self.number(value, "dimensions")
            case "encoding_format": wantsBase64 = value.text?.equals("base64") ?? false
            default: dropped.insert(name.string)
            }
        }
        guard hasInput else { throw .unreadable(WireError(.missingField, at: view.offset, field: "input")) }
    }

    private mutating func readInput(_ value: JSONView) throws(TranslationError) {
        if let text = value.text { return texts.append(text) }
        guard value.kind == .array else { throw .unreadable(value.invalid("input")) }
        for element in value.elements {
            guard let text = element.text else { throw refusal(EmbeddingRules.tokens, "input", at: .gemini) }
            texts.append(text)
        }
    }

    private mutating func readBatch(_ view: JSONView) throws(TranslationError) {
        guard let requests = view.gemini("requests") else {
            throw .unreadable(WireError(.missingField, at: view.offset, field: "requests"))
        }
        var isFirst = true
        for request in requests.geminiList {
            let before = dimensions
            dimensions = nil
            try readContent(request)
            if !isFirst, before != dimensions {
                throw refusal(EmbeddingRules.sizes, "outputDimensionality", at: .openAIChat)
            }
            isFirst = false
        }
        for (name, value) in view.members where !value.isEmptyValue && name.geminiName != "requests" {
            dropped.insert(name.geminiName)
        }
    }

    private mutating func readContent(_ view: JSONView) throws(TranslationError) {
        guard let content = view.gemini("content") else {
            throw .unreadable(WireError(.missingField, at: view.offset, field: "content"))
        }
        var text = JSONText("")
        for part in content.gemini("parts")?.geminiList ?? [] {
            guard let piece = part.gemini("text")?.text else {
                throw refusal(EmbeddingRules.media, "content", at: .openAIChat)
            }
            text.append(piece)
        }
        texts.append(text)
        for (name, value) in view.members where !value.isEmptyValue {
            switch name.geminiName {
            case "model", "content": break
            case "outputDimensionality": dimensions = try Self.number(value, "outputDimensionality")
            case let other: dropped.insert(other)
            }
        }
    }

    private static func number(_ value: JSONView, _ field: String) throws(TranslationError) -> ByteBuffer {
        guard let number = value.number else { throw .unreadable(value.invalid(field)) }
        return number
    }

    private func refusal(
        _ row: EmbeddingRules.Row, _ field: String, at target: ConversationDialect
    ) -> TranslationError {
        .refused(
            TranslationRefusal(field: field, reason: row.rule.reason, remedy: row.rule.remedy, from: source, to: target)
        )
    }

    // MARK: Writing

    private func write(model: String) -> TranslatedRequest {
        let target: ConversationDialect = source == .gemini ? .openAIChat : .gemini
        var notes = TranslationNotes(from: source, to: target)
        notes.dropUnknown(dropped)
        var json = JSONWriter()
        json.object { json in
            if source == .gemini { writeOpenAI(model, &json) } else { writeGemini(model, &json) }
        }
        var request = TranslatedRequest(
            body: json.buffer, notes: notes, streams: false, wantsStreamUsage: false, responsesEcho: ByteBuffer())
        request.encodesVectors = wantsBase64
        return request
    }

    private func writeOpenAI(_ model: String, _ json: inout JSONWriter) {
        json.member("model", JSONText(model))
        json.name("input")
        json.array { json in for text in texts { json.value(text) } }
        json.member("encoding_format", JSONText("float"))
        guard let dimensions else { return }
        json.name("dimensions")
        json.raw(dimensions)
    }

    private func writeGemini(_ model: String, _ json: inout JSONWriter) {
        let resource = model.hasPrefix("models/") || model.hasPrefix("tunedModels/") ? model : "models/" + model
        json.name("requests")
        json.array { json in
            for text in texts {
                json.object { json in
                    json.member("model", JSONText(resource))
                    json.name("content")
                    json.object { json in
                        json.name("parts")
                        json.array { json in json.object { $0.member("text", text) } }
                    }
                    guard let dimensions else { return }
                    json.name("outputDimensionality")
                    json.raw(dimensions)
                }
            }
        }
    }
}
