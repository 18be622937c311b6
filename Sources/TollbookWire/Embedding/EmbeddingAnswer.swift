package import NIOCore
package import TollbookCore

/// Answers with embeddings, put into the caller's dialect.
package struct EmbeddingAnswer {
    /// The endpoint that was called.
    private let endpoint: Endpoint
    /// The model as the caller named it.
    private let model: String
    /// What the prompts are told to have, where the caller's dialect tells it.
    private let tokens: Int64
    /// Whether vectors go out as the base64 of their numbers, 32-bit floats in little-endian order.
    private let encodesVectors: Bool

    package init(for endpoint: Endpoint, model: String, tokens: Int64, encodesVectors: Bool) {
        self.endpoint = endpoint
        self.model = model
        self.tokens = tokens
        self.encodesVectors = encodesVectors
    }

    /// Translates a whole answer of a success status; nil: it is none.
    package func translate(_ body: ByteBuffer) -> ByteBuffer? {
        guard let view = try? JSONView(body) else { return nil }
        var json = JSONWriter()
        if endpoint == .embeddings {
            guard let vectors = Self.vectors(ofGemini: view), write(vectors, &json) else { return nil }
        } else {
            guard let vectors = Self.vectors(ofOpenAI: view), writeGemini(vectors, &json) else { return nil }
        }
        return json.buffer
    }

    // MARK: Reading

    private static func vectors(ofGemini view: JSONView) -> [JSONView]? {
        guard let embeddings = view.value("embeddings"), embeddings.kind == .array else { return nil }
        var vectors: [JSONView] = []
        for embedding in embeddings.elements {
            guard let values = embedding.value("values"), values.kind == .array else { return nil }
            vectors.append(values)
        }
        return vectors
    }

    /// In the order of their indexes.
    private static func vectors(ofOpenAI view: JSONView) -> [JSONView]? {
        guard let data = view.value("data"), data.kind == .array else { return nil }
        var vectors: [(index: Int64, vector: JSONView)] = []
        for element in data.elements {
            guard let vector = element.value("embedding"), vector.kind == .array else { return nil }
            vectors.append((element.value("index")?.count ?? Int64(vectors.count), vector))
        }
        return vectors.sorted { $0.index < $1.index }.map(\.vector)
    }

    // MARK: Writing

    private func writeGemini(_ vectors: [JSONView], _ json: inout JSONWriter) -> Bool {
        if endpoint == .embedContent {
            guard vectors.count == 1 else { return false }
            json.object { json in
                json.name("embedding")
                Self.writeValues(vectors[0], &json)
            }
        } else {
            json.object { json in
                json.name("embeddings")
                json.array { json in for vector in vectors { Self.writeValues(vector, &json) } }
            }
        }
        return true
    }

    private static func writeValues(_ vector: JSONView, _ json: inout JSONWriter) {
        json.object { json in
            json.name("values")
            json.raw(vector.bytes)
        }
    }

    /// False for a vector that has something else than numbers in it.
    private func write(_ vectors: [JSONView], _ json: inout JSONWriter) -> Bool {
        var isWhole = true
        json.object { json in
            json.member("object", JSONText("list"))
            json.name("data")
            json.array { json in
                for (index, vector) in vectors.enumerated() where isWhole {
                    isWhole = write(vector, at: index, &json)
                }
            }
            json.member("model", JSONText(model))
            json.name("usage")
            json.object { json in
                json.name("prompt_tokens")
                json.value(tokens)
                json.name("total_tokens")
                json.value(tokens)
            }
        }
        return isWhole
    }

    private func write(_ vector: JSONView, at index: Int, _ json: inout JSONWriter) -> Bool {
        let encoded = encodesVectors ? VectorText.base64(of: vector) : nil
        if encodesVectors, encoded == nil { return false }
        json.object { json in
            json.member("object", JSONText("embedding"))
            json.name("index")
            json.value(Int64(index))
            json.name("embedding")
            if let encoded { json.value(encoded) } else { json.raw(vector.bytes) }
        }
        return true
    }
}
