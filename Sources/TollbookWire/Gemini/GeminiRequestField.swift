/// A field of a Gemini request that Tollbook reads. Raw values are bits of a set.
enum GeminiRequestField: UInt16 {
    case model = 1
    case contents = 2
    case content = 4
    case systemInstruction = 8
    case generationConfig = 16
    case maxOutputTokens = 32
    case candidateCount = 64
    /// The texts of `batchEmbedContents`, each a request of its own.
    case requests = 128
    /// The request whose tokens `countTokens` counts.
    case generateContentRequest = 256

    /// The name an error tells.
    var path: String {
        switch self {
        case .maxOutputTokens: "generationConfig.maxOutputTokens"
        case .candidateCount: "generationConfig.candidateCount"
        default: "\(name)"
        }
    }

    /// The member's name as Google documents it.
    var name: StaticString {
        switch self {
        case .model: "model"
        case .contents: "contents"
        case .content: "content"
        case .systemInstruction: "systemInstruction"
        case .generationConfig: "generationConfig"
        case .maxOutputTokens: "maxOutputTokens"
        case .candidateCount: "candidateCount"
        case .requests: "requests"
        case .generateContentRequest: "generateContentRequest"
        }
    }

    /// The name in the protocol's own definition, which Google takes as well.
    /// https://protobuf.dev/programming-guides/json/#json-options
    private var originalName: StaticString {
        switch self {
        case .systemInstruction: "system_instruction"
        case .generationConfig: "generation_config"
        case .maxOutputTokens: "max_output_tokens"
        case .candidateCount: "candidate_count"
        case .generateContentRequest: "generate_content_request"
        default: name
        }
    }

    /// Without capitals and underscores.
    private var bareName: StaticString {
        switch self {
        case .systemInstruction: "systeminstruction"
        case .generationConfig: "generationconfig"
        case .maxOutputTokens: "maxoutputtokens"
        case .candidateCount: "candidatecount"
        case .generateContentRequest: "generatecontentrequest"
        default: name
        }
    }

    /// Whether a name is the field's in one of its two spellings.
    func isSpelled(_ text: JSONName) -> Bool { text.equals(name) || text.equals(originalName) }

    /// The field among these of a name in whatever style; nil for a name that is not read.
    static func named(_ name: JSONName, among fields: [GeminiRequestField]) -> GeminiRequestField? {
        fields.first { name.equalsInAnyStyle($0.bareName) }
    }

    static let topLevel: [GeminiRequestField] = [
        .contents, .systemInstruction, .generationConfig, .model, .content, .requests, .generateContentRequest,
    ]
    static let generation: [GeminiRequestField] = [.maxOutputTokens, .candidateCount]
    static let inner: [GeminiRequestField] = [.model]
}
