internal import NIOCore

/// Writes a conversation as a request of Bedrock's Converse. The model stands in the path, and whether the answer is
/// streamed too.
///
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
struct BedrockRequestWriter {
    let conversation: Conversation
    private let options: TranslationOptions
    let family: BedrockModelFamily
    var notes: TranslationNotes
    /// Names of documents that were given, each once: Converse takes none twice.
    var documentNames: Set<String> = []

    init(_ conversation: Conversation, _ options: TranslationOptions, _ notes: TranslationNotes) {
        self.conversation = conversation
        self.options = options
        self.notes = notes
        family = BedrockModelFamily(model: options.model)
    }

    mutating func write() -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            writeTurns(&json)
            writeTools(&json)
            let settings = BedrockSettings(conversation, options, family, &notes)
            settings.write(&json)
            writeOperations(&json)
        }
        return json.buffer
    }

    // MARK: Turns

    private mutating func writeTurns(_ json: inout JSONWriter) {
        var instructions: [ConversationPart] = []
        var messages: [ConversationTurn] = []
        for turn in SaidTurns(conversation.turns, &notes, says: \.saysToClaude).turns {
            switch turn.role {
            case .system, .developer:
                if !messages.isEmpty { notes.allows(.laterInstructions) }
                instructions += turn.parts
            case .user, .assistant, .tool:
                // User and assistant take turns there: what one says in a row is one message.
                let role: ConversationTurn.Role = turn.role == .assistant ? .assistant : .user
                if messages.last?.role == role {
                    messages[messages.count - 1].parts += turn.parts
                } else {
                    messages.append(ConversationTurn(role, turn.parts))
                }
            }
        }
        markLast(&messages)
        if instructions.contains(where: { !$0.isEmptyText }) {
            json.name("system")
            writeContent(instructions.filter(\.isText), &json)
        }
        json.name("messages")
        json.array { json in
            for message in messages {
                json.object { json in
                    json.name("role")
                    json.value(message.role == .assistant ? "assistant" : "user")
                    json.name("content")
                    writeContent(message.parts, &json)
                }
            }
        }
    }

    /// Anthropic's mark for the whole request caches up to its end.
    private func markLast(_ messages: inout [ConversationTurn]) {
        guard let mark = conversation.extras[.cacheControl], let message = messages.indices.last,
            let part = messages[message].parts.indices.last, messages[message].parts[part].cacheControl == nil
        else { return }
        messages[message].parts[part].cacheControl = mark.bytes
    }

    // MARK: Tools

    private mutating func writeTools(_ json: inout JSONWriter) {
        let forbids = if case .some(.none) = conversation.toolChoice { true } else { false }
        let called = calledTools
        // Without tools none can be called; but a conversation with calls must declare some.
        guard !called.isEmpty || !conversation.tools.isEmpty && !forbids else { return }
        if conversation.tools.isEmpty {
            notes.allows(.toolsOfHistory)
        } else if forbids {
            notes.allows(.toolChoiceNone)
        }
        if conversation.allowsParallelCalls == false { notes.allows(.parallelToolCalls) }
        let tools = conversation.tools.isEmpty ? called.map { ConversationTool(name: $0) } : conversation.tools
        json.name("toolConfig")
        json.object { json in
            json.name("tools")
            json.array { json in
                for tool in tools {
                    Self.write(tool, &json)
                    writeCachePoint(tool.cacheControl, &json)
                }
            }
            if let choice = conversation.toolChoice { Self.write(choice, &json) }
        }
    }

    /// Tools that were called before, each once.
    private var calledTools: [JSONText] {
        var names: [JSONText] = []
        for part in conversation.turns.lazy.flatMap(\.parts) {
            if case .toolCall(let call) = part.content, !names.contains(call.name) { names.append(call.name) }
        }
        return names
    }

    private static func write(_ tool: ConversationTool, _ json: inout JSONWriter) {
        json.object { json in
            json.name("toolSpec")
            json.object { json in
                json.member("name", tool.name)
                if let description = tool.description, !description.isEmpty {
                    json.member("description", description)
                }
                json.name("inputSchema")
                json.object { json in
                    json.name("json")
                    json.raw(AnthropicRequestWriter.objectSchema(tool.schema))
                }
                if tool.isStrict == true {
                    json.name("strict")
                    json.value(true)
                }
            }
        }
    }

    private static func write(_ choice: ConversationToolChoice, _ json: inout JSONWriter) {
        json.name("toolChoice")
        json.object { json in
            switch choice {
            case .none, .auto:
                json.name("auto")
                json.object { _ in }
            case .required:
                json.name("any")
                json.object { _ in }
            case .named(let name):
                json.name("tool")
                json.object { $0.member("name", name) }
            }
        }
    }

    // MARK: Operations

    private mutating func writeOperations(_ json: inout JSONWriter) {
        if conversation.endUser != nil { notes.allows(.endUser) }
        if let tier = conversation.serviceTier {
            switch tier {
            case "auto": break
            case "default", "standard_only": Self.write(tier: "default", &json)
            case "flex", "priority", "reserved": Self.write(tier: tier.string, &json)
            default: notes.allows(.serviceTierUnknown)
            }
        }
        writeMetadata(&json)
    }

    private static func write(tier: String, _ json: inout JSONWriter) {
        json.name("serviceTier")
        json.object { json in
            json.name("type")
            json.value(tier)
        }
    }

    private mutating func writeMetadata(_ json: inout JSONWriter) {
        guard let metadata = conversation.extras[.metadata] else { return }
        var pairs: [(JSONText, JSONText)] = []
        for (name, value) in metadata.members {
            if let text = value.text, pairs.count < Self.metadataPairs, BedrockFormat.isMetadata(name, isKey: true),
                BedrockFormat.isMetadata(text, isKey: false)
            {
                pairs.append((name, text))
            } else {
                notes.leaveOut(.metadata)
            }
        }
        guard !pairs.isEmpty else { return }
        json.name("requestMetadata")
        json.object { json in
            for (name, text) in pairs { json.member(name.string, text) }
        }
    }

    /// What Converse takes.
    private static let metadataPairs = 16
}
