/// Whose request body is scanned: which of its fields Tollbook reads.
package enum RequestForm: Sendable {
    /// OpenAI chat completions.
    case chat
    /// Anthropic messages, where `max_tokens` is required.
    case messages
    /// Anthropic's token counting: messages without a limit.
    case tokenCount
    /// OpenAI's completions from before chat: a call may have several prompts.
    case completions
    /// OpenAI embeddings, which have no answer to limit.
    case embeddings
    /// OpenAI responses, and their token counting.
    case responses
    /// Gemini, whose fields have two spellings and may say how the model is called in several places.
    case gemini
    /// The same for an answer in parts.
    case geminiStream

    var isGemini: Bool { self == .gemini || self == .geminiStream }
    /// OpenAI moderations.
    case moderations
    /// OpenAI images, to make or to edit.
    case images
    /// OpenAI speech, whose text is charged by the character.
    case speech
    /// OpenAI transcriptions and translations of audio, which come as forms.
    case transcription
    /// Documents to rank, as Cohere, Jina and llama.cpp take them.
    case rerank
    /// Bedrock's Converse, streamed or not: the path says which, and names the model.
    case converse
    /// Bedrock's token counting, whose `input` holds a conversation in Converse's form.
    case converseCount

    var isConverse: Bool { self == .converse || self == .converseCount }
}

/// A field of a request that Tollbook reads. Raw values are bits of a set.
enum ChatRequestField: UInt32 {
    case model = 1
    case stream = 2
    case streamOptions = 4
    case includeUsage = 8
    case maxTokens = 16
    case maxCompletionTokens = 32
    case choices = 64
    case user = 128
    case serviceTier = 256
    case messages = 512
    case metadata = 1_024
    case userID = 2_048
    case bestOf = 4_096
    case input = 8_192
    case background = 16_384
    case maxOutputTokens = 32_768
    case spokenText = 1_048_576
    case streamFormat = 2_097_152
    case query = 4_194_304
    case inferenceConfig = 8_388_608
    case inferenceMaxTokens = 16_777_216

    /// The name an error tells.
    var path: String {
        switch self {
        case .includeUsage: "stream_options.include_usage"
        case .userID: "metadata.user_id"
        case .inferenceMaxTokens: "inferenceConfig.maxTokens"
        default: "\(name)"
        }
    }

    /// The member's name in its object.
    var name: StaticString {
        switch self {
        case .model: "model"
        case .stream: "stream"
        case .streamOptions: "stream_options"
        case .includeUsage: "include_usage"
        case .maxTokens: "max_tokens"
        case .maxCompletionTokens: "max_completion_tokens"
        case .choices: "n"
        case .user: "user"
        case .serviceTier: "service_tier"
        case .messages: "messages"
        case .metadata: "metadata"
        case .userID: "user_id"
        case .bestOf: "best_of"
        case .input: "input"
        case .background: "background"
        case .maxOutputTokens: "max_output_tokens"
        case .spokenText: "input"
        case .streamFormat: "stream_format"
        case .query: "query"
        case .inferenceConfig: "inferenceConfig"
        case .inferenceMaxTokens: "maxTokens"
        }
    }

    /// The field of a top-level name, in whatever case its letters are; nil for a name that is not read.
    static func namedIgnoringCase(_ name: JSONName, in form: RequestForm) -> ChatRequestField? {
        let field: ChatRequestField? =
            switch form {
            case .chat: chatField(length: name.length)
            case .messages, .tokenCount: messagesField(name)
            case .completions: completionsField(length: name.length)
            case .embeddings: embeddingsField(length: name.length)
            case .responses: responsesField(name)
            // Read by a visitor of their own.
            case .gemini, .geminiStream: nil
            case .moderations: name.length == 5 ? ChatRequestField.model : nil
            case .images, .transcription: imagesField(length: name.length)
            case .speech: speechField(name)
            case .rerank: rerankField(name)
            case .converse: converseField(length: name.length)
            case .converseCount: name.length == 5 ? ChatRequestField.input : nil
            }
        guard let field, name.equalsIgnoringCase(field.name) else { return nil }
        return field
    }

    private static func messagesField(_ name: JSONName) -> ChatRequestField? {
        switch name.length {
        case 5: .model
        case 6: .stream
        case 8: name.equalsIgnoringCase("metadata") ? .metadata : .messages
        case 10: .maxTokens
        case 12: .serviceTier
        default: nil
        }
    }

    private static func responsesField(_ name: JSONName) -> ChatRequestField? {
        switch name.length {
        case 4: .user
        case 5: name.equalsIgnoringCase("input") ? .input : .model
        case 6: .stream
        case 10: .background
        case 12: .serviceTier
        case 17: .maxOutputTokens
        default: nil
        }
    }

    private static func completionsField(length: Int) -> ChatRequestField? {
        switch length {
        case 7: .bestOf
        // The limit's newer name, and messages, are not theirs.
        case 8, 21: nil
        default: chatField(length: length)
        }
    }

    private static func embeddingsField(length: Int) -> ChatRequestField? {
        length == 4 ? .user : length == 5 ? .model : nil
    }

    private static func imagesField(length: Int) -> ChatRequestField? {
        length == 1 || length == 4 || length == 5 || length == 6 ? chatField(length: length) : nil
    }

    private static func rerankField(_ name: JSONName) -> ChatRequestField? {
        guard name.length == 5 else { return nil }
        return name.equalsIgnoringCase("query") ? .query : .model
    }

    private static func speechField(_ name: JSONName) -> ChatRequestField? {
        switch name.length {
        case 5: name.equalsIgnoringCase("input") ? .spokenText : .model
        case 13: .streamFormat
        default: nil
        }
    }

    private static func converseField(length: Int) -> ChatRequestField? {
        length == 8 ? .messages : length == 15 ? .inferenceConfig : nil
    }

    /// The only top-level field of a chat request whose name has `length` bytes.
    private static func chatField(length: Int) -> ChatRequestField? {
        switch length {
        case 1: .choices
        case 4: .user
        case 5: .model
        case 6: .stream
        case 8: .messages
        case 10: .maxTokens
        case 12: .serviceTier
        case 14: .streamOptions
        case 21: .maxCompletionTokens
        default: nil
        }
    }
}
