internal import TollbookCore
internal import TollbookWire

/// How Gemini names models: as resources, `models/NAME` or `tunedModels/NAME`.
enum GeminiModel {
    /// A model's resource name.
    static func resource(_ model: String) -> String {
        model.hasPrefix("models/") || model.hasPrefix("tunedModels/") ? model : "models/" + model
    }

    /// Whether every place where a body repeats the model of its path names the same.
    ///
    /// - Parameter model: of the path; nil: it has none, and the body's form repeats none.
    static func isRepeated(_ model: String?, by scan: borrowing ChatRequestScan) -> Bool {
        guard let model, !scan.repeatedModels.isEmpty else { return true }
        return scan.repeatedModels.allSatisfy { $0.value == model || $0.value == resource(model) }
    }
}

extension Endpoint {
    /// The method of Gemini's models that the endpoint is; nil for those of other dialects.
    var geminiVerb: String? {
        switch self {
        case .generateContent: "generateContent"
        case .streamGenerateContent: "streamGenerateContent"
        case .geminiCountTokens: "countTokens"
        case .embedContent: "embedContent"
        case .batchEmbedContents: "batchEmbedContents"
        default: nil
        }
    }

    /// The endpoint of a method of Gemini's models; nil for one that is not served.
    init?(geminiVerb verb: Substring) {
        guard let endpoint = Self.allCases.first(where: { $0.geminiVerb.map { $0 == verb } ?? false }) else {
            return nil
        }
        self = endpoint
    }
}
