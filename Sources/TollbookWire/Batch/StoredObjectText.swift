package import NIOCore

/// What Tollbook reads of a file or batch as a provider tells it in JSON.
package struct StoredObjectText: Sendable {
    private let view: JSONView
    /// The provider's id of it.
    package let id: String

    /// - Returns: nil for what is no JSON object with an id.
    package init?(_ body: ByteBuffer) {
        guard let view = try? JSONView(body), let id = view.value("id")?.text,
            (1...WireLimits.batchTextBytes).contains(id.escaped.readableBytes)
        else { return nil }
        self.view = view
        self.id = id.string
    }

    /// The object itself.
    package var json: String { String(buffer: view.bytes) }

    /// How far a batch is.
    package var status: String? { view.value("status")?.text?.string }

    /// The file with the answers of a batch.
    package var outputFileID: String? { view.value("output_file_id")?.text?.string }

    /// The file with the errors of a batch.
    package var errorFileID: String? { view.value("error_file_id")?.text?.string }

    /// Lines of a batch that were answered, as the provider counts them.
    package var completedCount: Int64? { view.value("request_counts")?.value("completed")?.count }

    /// Lines of a batch that failed, as the provider counts them.
    package var failedCount: Int64? { view.value("request_counts")?.value("failed")?.count }
}

/// What a call to make a batch asks for.
package struct BatchCreation: Sendable {
    /// The provider's id of the input.
    package let fileID: String
    /// The path that its lines call.
    package let endpoint: String

    /// - Throws: what `JSONScanner` throws, `not_an_object`, `missing_field`, `invalid_field`, `duplicate_field`.
    package init(_ body: ByteBuffer) throws(WireError) {
        let view = try JSONView(body)
        guard view.kind == .object else { throw WireError(.notAnObject, at: 0) }
        var texts: [String: String] = [:]
        for (name, value) in view.members where name.escaped.readableBytes <= WireLimits.batchTextBytes {
            let spelled = name.string
            let field = spelled.lowercased()
            guard field == "input_file_id" || field == "endpoint" else { continue }
            guard texts[field] == nil else { throw WireError(.duplicateField, at: value.offset, field: field) }
            guard field == spelled, let text = value.text,
                (1...WireLimits.batchTextBytes).contains(text.escaped.readableBytes)
            else { throw WireError(.invalidField, at: value.offset, field: field) }
            texts[field] = text.string
        }
        guard let fileID = texts["input_file_id"] else {
            throw WireError(.missingField, at: body.readableBytes, field: "input_file_id")
        }
        guard let endpoint = texts["endpoint"] else {
            throw WireError(.missingField, at: body.readableBytes, field: "endpoint")
        }
        self.fileID = fileID
        self.endpoint = endpoint
    }
}
