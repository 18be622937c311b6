package import NIOCore

/// Translates OpenAI's embeddings calls for Cohere's, version 2: https://docs.cohere.com/reference/embed
///
/// The texts are embedded as `search_document`, unless the body says otherwise in an `input_type` of its own, and a
/// text that is too long is refused, as at OpenAI: Cohere would cut it off.
package enum CohereEmbeddings {
    /// What stands for the dialects where callers are told of fields and errors: both sides' forms are those of chats.
    package static let dialects: (caller: ConversationDialect, provider: ConversationDialect) = (
        .openAIChat, .cohereChat
    )

    private static let known: [StaticString] = [
        "model", "input", "dimensions", "encoding_format", "input_type", "user",
    ]

    /// Writes the request.
    ///
    /// - Throws: `missing_field`, `invalid_field`; the latter also for `input` that is tokens, which mean nothing to
    ///   another vendor's model.
    package static func request(_ body: JSONView, model: String) throws(WireError) -> TranslatedRequest {
        guard let input = body.value("input") else {
            throw WireError(.missingField, at: body.offset, field: "input")
        }
        let texts = try input.texts(of: "input")
        let type = try body.value("input_type")?.text(of: "input_type") ?? JSONText("search_document")
        let isBase64 = body.value("encoding_format")?.text?.equals("base64") ?? false
        let dimensions = try body.value("dimensions")?.number(of: "dimensions")
        var notes = TranslationNotes(from: dialects.caller, to: dialects.provider)
        var unknown = FieldNames()
        if body.value("user") != nil { unknown.insert("user") }
        for (name, _) in body.members(except: known) { unknown.insert(name.string) }
        notes.dropUnknown(unknown)
        var json = JSONWriter()
        json.object { json in
            json.name("model")
            json.value(model)
            json.member("input_type", type)
            json.name("texts")
            json.array { json in
                for text in texts { json.value(text) }
            }
            json.number("output_dimension", dimensions)
            json.name("embedding_types")
            json.array { $0.value(isBase64 ? "base64" : "float") }
            json.member("truncate", JSONText("NONE"))
        }
        return TranslatedRequest(
            body: json.buffer, notes: notes, streams: false, wantsStreamUsage: false, responsesEcho: ByteBuffer())
    }

    /// Writes an answer of a success status in OpenAI's form; its usage is what Cohere bills.
    ///
    /// - Parameter model: as the caller asked for it.
    package static func answer(_ body: ByteBuffer, model: String) throws(AnswerTranslationError) -> ByteBuffer {
        let vectors: JSONElements
        let tokens: Int64?
        do throws(WireError) {
            let view = try JSONView(body)
            guard let found = view.value("embeddings") else {
                throw WireError(.missingField, at: view.offset, field: "embeddings")
            }
            guard let list = found.value("float") ?? found.value("base64") else { throw found.invalid("embeddings") }
            vectors = try list.array(of: "embeddings")
            let units = view.value("meta")?.value("billed_units")
            tokens = units?.value("input_tokens")?.tokenCount
        } catch {
            throw .unreadable(error)
        }
        return write(vectors, model, tokens)
    }

    private static func write(_ vectors: JSONElements, _ model: String, _ tokens: Int64?) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.member("object", JSONText("list"))
            json.name("data")
            json.array { json in
                var index: Int64 = 0
                for vector in vectors {
                    json.object { json in
                        json.member("object", JSONText("embedding"))
                        json.name("index")
                        json.value(index)
                        json.name("embedding")
                        json.raw(vector.bytes)
                    }
                    index += 1
                }
            }
            json.name("model")
            json.value(model)
            guard let tokens else { return }
            json.name("usage")
            json.object { json in
                json.name("prompt_tokens")
                json.value(tokens)
                json.name("total_tokens")
                json.value(tokens)
            }
        }
        return json.buffer
    }
}
