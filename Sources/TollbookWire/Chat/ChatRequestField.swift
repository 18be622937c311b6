/// A field of a chat request that Tollbook reads. Raw values are bits of a set.
enum ChatRequestField: UInt16 {
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

    /// The name an error tells.
    var path: String {
        switch self {
        case .model: "model"
        case .stream: "stream"
        case .streamOptions: "stream_options"
        case .includeUsage: "stream_options.include_usage"
        case .maxTokens: "max_tokens"
        case .maxCompletionTokens: "max_completion_tokens"
        case .choices: "n"
        case .user: "user"
        case .serviceTier: "service_tier"
        case .messages: "messages"
        }
    }

    /// The field of a top-level name; nil for a name that is not read.
    static func named(_ name: JSONName) -> ChatRequestField? {
        switch name.length {
        case 1: name.equals("n") ? .choices : nil
        case 4: name.equals("user") ? .user : nil
        case 5: name.equals("model") ? .model : nil
        case 6: name.equals("stream") ? .stream : nil
        case 8: name.equals("messages") ? .messages : nil
        case 10: name.equals("max_tokens") ? .maxTokens : nil
        case 12: name.equals("service_tier") ? .serviceTier : nil
        case 14: name.equals("stream_options") ? .streamOptions : nil
        case 21: name.equals("max_completion_tokens") ? .maxCompletionTokens : nil
        default: nil
        }
    }
}
