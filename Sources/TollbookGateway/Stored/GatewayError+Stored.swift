/// What is told of calls about files and batches.
extension GatewayError {
    /// What is wrong with a line of a file: whatever it is, the upload is what cannot be taken.
    static func line(_ number: Int, _ error: GatewayError) -> GatewayError {
        GatewayError(
            error.status == 400 ? error.code : .invalidField, "Line \(number) of the file: \(error.message)",
            param: "file")
    }

    static func noFile(_ id: String, param: String? = nil) -> GatewayError {
        GatewayError(.notFound, "There is no file '\(id)', or it is not your project's.", param: param)
    }

    static func noBatch(_ id: String) -> GatewayError {
        GatewayError(.notFound, "There is no batch '\(id)', or it is not your project's.")
    }

    static func noBatchFile(_ id: String) -> GatewayError {
        GatewayError(
            .invalidField, "The file '\(id)' is no input of a batch. Upload it with purpose 'batch'.",
            param: "input_file_id")
    }

    static func otherEndpoint(_ endpoint: String) -> GatewayError {
        GatewayError(
            .invalidField, "The lines of the file do not call '\(endpoint)'. Name what they call.", param: "endpoint")
    }

    static func noBatchEndpoint(_ url: String) -> GatewayError {
        GatewayError(
            .invalidField,
            "Its url is none that batches are made of: /v1/chat/completions, /v1/completions, /v1/embeddings, "
                + "/v1/responses or /v1/moderations.", param: "file")
    }

    /// - Parameter what: what leads nowhere, for people.
    static func noKeeper(_ what: String) -> GatewayError {
        GatewayError(
            .unservable,
            "No provider behind \(what) keeps files and batches. Add a deployment of a provider with dialect 'openai'.",
            param: "model")
    }

    static func otherRoute(_ name: String) -> GatewayError {
        GatewayError(
            .invalidHeader, "The lines of the file ask for '\(name)'. Leave x-tollbook-route out, or name that.",
            param: "x-tollbook-route")
    }

    static let resultsUnavailable = GatewayError(
        .upstreamUnreachable, "The batch has ended, and its results cannot be fetched now. Try again shortly.",
        retryAfterSeconds: 2)
    static let severalKeepers = GatewayError(
        .invalidHeader,
        "Several providers could keep this file. Name a route that leads to the right one in x-tollbook-route.",
        param: "x-tollbook-route")
    static let emptyBatchFile = GatewayError(.invalidField, "The file has no line with a request.", param: "file")
    static let mixedEndpoints = GatewayError(
        .invalidField, "Its url is another than the first line's. A batch calls one endpoint.", param: "file")
    static let mixedModels = GatewayError(
        .invalidField, "Its model is another than the first line's. A batch asks one model.", param: "file")
    static let streamedLine = GatewayError(
        .invalidField, "It asks for a stream, which a batch does not have.", param: "file")
}
