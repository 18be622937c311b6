package import NIOCore

/// A request to a model, in no dialect: what the caller wants said, with what tools, in what form.
///
/// Reads from any dialect, writes to any. Text, numbers, schemas and arguments are kept as the bytes that came, so
/// that nothing is rendered anew. Absent and null are the same. A field that only one dialect has stands in
/// `extras`; what becomes of each field at a target is told by `FieldRules`, not here.
package struct Conversation: Sendable {
    /// The dialect that it was read from, which its fields are named in when the caller is told of them.
    package let source: ConversationDialect
    package var model: JSONText?
    /// Everything said so far, in order, instructions included.
    package var turns: [ConversationTurn] = []
    package var tools: [ConversationTool] = []
    package var toolChoice: ConversationToolChoice?
    /// Whether the model may call several tools at once; nil: the provider's default.
    package var allowsParallelCalls: Bool?
    package var answerFormat: AnswerFormat?
    package var maxOutputTokens: ByteBuffer?
    /// Texts that end the answer.
    package var stop: [JSONText] = []
    package var sampling = Sampling()
    /// Whether, and for how many alternatives, log-probabilities are wanted.
    package var logProbabilities: LogProbabilities?
    package var reasoning = Reasoning()
    package var serviceTier: JSONText?
    /// Who the request is made for, as the caller names them.
    package var endUser: JSONText?
    package var streams = false
    /// Whether a stream is to end with usage in the caller's dialect; always so where the dialect has no choice.
    package var wantsStreamUsage = false
    /// Fields that one dialect alone has, as they came.
    package var extras: [ConversationField: JSONView] = [:]
    /// Members of the request that a response of OpenAI's repeats, without braces; empty in other dialects.
    package var responsesEcho = ByteBuffer()
    /// Names of fields, as a path in the source dialect, that Tollbook does not know.
    package var unknownFields = FieldNames()

    package init(source: ConversationDialect) {
        self.source = source
    }

    /// How the next token is chosen; each is the number's text.
    package struct Sampling: Sendable {
        package var temperature: ByteBuffer?
        package var topP: ByteBuffer?
        package var topK: ByteBuffer?
        package var frequencyPenalty: ByteBuffer?
        package var presencePenalty: ByteBuffer?
        package var seed: ByteBuffer?
        /// Answers to one request; nil for one.
        package var choices: ByteBuffer?
    }

    /// What is wanted of the tokens' probabilities.
    package struct LogProbabilities: Sendable {
        package var alternatives: ByteBuffer?
    }

    /// How much the model shall think before it answers.
    package struct Reasoning: Sendable {
        /// Whether thinking is on; nil: the provider's default.
        package var isEnabled: Bool?
        /// `none, minimal, low, medium, high, xhigh, max`, or a provider's own word.
        package var effort: JSONText?
        /// Tokens that thinking may take.
        package var budgetTokens: Int64?
        /// Whether the thoughts are shown: `summarized` or `omitted`.
        package var display: JSONText?

        /// The effort that a budget of tokens comes to.
        static func effort(of budgetTokens: Int64) -> JSONText {
            JSONText(budgetTokens <= 4_096 ? "low" : budgetTokens <= 16_384 ? "medium" : "high")
        }
    }

    /// What the answer's text must be.
    package enum AnswerFormat: Sendable {
        /// JSON that a schema describes.
        case schema(ByteBuffer, name: JSONText?, description: JSONText?, isStrict: Bool?)
        /// Any JSON.
        case json
    }
}

/// Names of fields, each once, in the order in which they were met, at most `WireLimits.namedFields`.
package struct FieldNames: Sendable, Equatable {
    package private(set) var names: [String] = []
    /// Whether there were more.
    package private(set) var isCut = false

    package init() {}

    package var isEmpty: Bool { names.isEmpty }

    /// Adds a name; characters that have no place in a header become `?`.
    package mutating func insert(_ name: String) {
        let kept = String(
            name.unicodeScalars.prefix(WireLimits.fieldNameBytes).map { scalar -> Character in
                scalar.value > 0x20 && scalar.value < 0x7F && scalar != "," ? Character(scalar) : "?"
            })
        guard !names.contains(kept) else { return }
        guard names.count < WireLimits.namedFields else {
            isCut = true
            return
        }
        names.append(kept)
    }

    /// Adds the names of another list, and that it was cut.
    package mutating func formUnion(_ other: FieldNames) {
        for name in other.names { insert(name) }
        isCut = isCut || other.isCut
    }
}
