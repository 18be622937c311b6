internal import NIOCore

/// The content of a chat answer, decided: pure data that the writers turn into bytes.
struct ChatPlan: Sendable, Equatable {
    var dialect = AnswerDialect.chat
    /// As the request wrote it between its quotes.
    var model: ByteBuffer
    var streams: Bool
    /// Whether a stream is a JSON array.
    var isArray = false
    var usage: Usage
    var choices: Int
    var figures: UsageFigures
    var content: Content
    /// Content chunks of each choice when streamed.
    var chunks: Int
    var finish: Finish
    /// Documents that Cohere's chat may quote.
    var documents = 0

    /// What the assistant says.
    enum Content: Sendable, Equatable {
        /// So many tokens of ``Vocabulary``.
        case words(Int)
        /// This text, the same in every choice.
        case text(String)
        case toolCalls([ToolSample])
        /// So many vectors.
        case vectors(Int, isBase64: Bool)
        /// So many bytes of one letter.
        case filler(Int)
        case media(MediaContent)
    }

    /// Letters that the body's writer leaves out; nil: none.
    var fillerBytes: Int? {
        switch content {
        case .filler(let bytes): bytes
        case .media(let media): media.letters > 0 ? media.letters : nil
        case .words, .text, .toolCalls, .vectors: nil
        }
    }

    var contentType: StaticString {
        if case .media(let media) = content { return media.contentType }
        return "application/json"
    }

    /// Where usage is told.
    enum Usage: Sendable, Equatable {
        case absent
        case lastChunk
        case finishChunk
        case everyChunk
    }

    /// `finish_reason`.
    enum Finish: Sendable, Equatable {
        case stop
        case length
        case toolCalls
        case missing

        /// As JSON.
        var json: StaticString {
            switch self {
            case .stop: "\"stop\""
            case .length: "\"length\""
            case .toolCalls: "\"tool_calls\""
            case .missing: "null"
            }
        }
    }
}
