package import NIOCore

/// What one party said.
package struct ConversationTurn: Sendable {
    /// Who said it.
    package enum Role: Sendable {
        /// Instructions of the application.
        case system
        /// The same where a dialect tells the application's from the platform's.
        case developer
        case user
        case assistant
        /// Results of tools alone.
        case tool
    }

    package var role: Role
    package var parts: [ConversationPart] = []

    package init(_ role: Role, _ parts: [ConversationPart] = []) {
        self.role = role
        self.parts = parts
    }
}

/// A piece of a turn or of an answer.
package struct ConversationPart: Sendable {
    /// What the piece is.
    package enum Content: Sendable {
        case text(JSONText)
        case image(Media)
        case document(Document)
        /// Spoken input, base64, and its format such as `wav`.
        case audio(JSONText, format: JSONText)
        /// Why the model would not answer.
        case refusal(JSONText)
        /// The model's thoughts; the signature lets its provider trust them when they come back.
        case thinking(JSONText, signature: JSONText?)
        /// Thoughts that only the provider can read.
        case redactedThinking(JSONText)
        case toolCall(ConversationToolCall)
        case toolResult(ConversationToolResult)
    }

    package var content: Content
    /// What lets Gemini trust a text or a tool call that comes back: the signature of the thoughts behind it, base64.
    package var signature: JSONText?
    /// A mark that the prompt up to here is worth caching: the mark's own JSON object.
    package var cacheControl: ByteBuffer?
    /// What an answer's text rests on.
    package var citations: [Citation] = []

    package init(_ content: Content, signature: JSONText? = nil, cacheControl: ByteBuffer? = nil) {
        self.content = content
        self.signature = signature
        self.cacheControl = cacheControl
    }

    /// Where the bytes of an image or document are.
    package enum Media: Sendable {
        case base64(JSONText, mediaType: JSONText)
        case url(JSONText)
        /// The text itself; documents only.
        case text(JSONText)
    }

    /// A file that the model reads.
    package struct Document: Sendable {
        package var media: Media
        package var title: JSONText?

        package init(media: Media, title: JSONText? = nil) {
            self.media = media
            self.title = title
        }
    }
}

/// The model's wish to have a tool run.
package struct ConversationToolCall: Sendable {
    /// What the tool is called with.
    package enum Arguments: Sendable {
        /// A JSON object.
        case object(ByteBuffer)
        /// JSON inside a string, valid or not: models err.
        case text(JSONText)
    }

    package var id: JSONText
    package var name: JSONText
    package var arguments: Arguments

    /// The arguments as JSON text inside a string.
    var argumentsText: JSONText {
        switch arguments {
        case .object(let json): JSONText(escaping: json)
        case .text(let text): text
        }
    }

    /// The arguments as a JSON object. Nothing becomes `{}`; what is no object stands under the key that Anthropic
    /// proposes for it, `INVALID_JSON`, so that it is not lost.
    var argumentsObject: ByteBuffer {
        switch arguments {
        case .object(let json): return json
        case .text(let text):
            let json = text.unescaped
            if json.readableBytesView.allSatisfy({ $0 <= 0x20 }) { return ByteBuffer(staticString: "{}") }
            if let view = try? JSONView(json), view.kind == .object { return view.bytes }
            var wrapped = JSONWriter()
            wrapped.object { writer in
                writer.name("INVALID_JSON")
                writer.value(text)
            }
            return wrapped.buffer
        }
    }
}

/// What a tool gave back.
package struct ConversationToolResult: Sendable {
    package var callID: JSONText
    package var parts: [ConversationPart]
    package var isError = false
    /// Whether the content was one string rather than a list of parts.
    package var isPlain = false
}

/// A tool that the model may call.
package struct ConversationTool: Sendable {
    package var name: JSONText
    package var description: JSONText?
    /// JSON schema of the arguments; nil: none.
    package var schema: ByteBuffer?
    package var isStrict: Bool?
    package var cacheControl: ByteBuffer?
}

/// Whether the model must call a tool, and which.
package enum ConversationToolChoice: Sendable {
    case none, auto, required
    case named(JSONText)
}
