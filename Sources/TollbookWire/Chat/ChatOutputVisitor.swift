/// Reads one OpenAI chat answer or chunk: usage, error, model, id, and how much text the model wrote.
///
/// Depth 1 is the top-level object, 3 a choice, 4 its `delta` or `message`.
struct ChatOutputVisitor: JSONVisitor, Sendable {
    private enum Member {
        case other, choices, usage, error, model, id
    }

    /// A member of a choice.
    private enum ChoiceMember {
        case other, output, text, finishReason
    }

    /// Where a string of the answer is counted.
    private enum Counter {
        case none, output, reasoning, reasoningContent
    }

    // What was found.
    private(set) var hasChoices = false
    private(set) var hasError = false
    private(set) var hasFinishReason = false
    /// The last top-level usage object's bytes; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    private var outputText = 0
    private var reasoning = 0
    private var reasoningContent = 0

    /// Strings that counted as text, and the bytes between the last one's quotes.
    private(set) var textStrings = 0
    private(set) var text = 0..<0
    /// The bytes between the quotes of the last string directly in the top-level object.
    private(set) var lastString = 0..<0

    /// Whether `model` and `id` are looked for at all.
    var readsIdentity = true

    // Where it stands.
    private var stringStart = 0
    private var member = Member.other
    private var choiceMember = ChoiceMember.other
    /// Where text anywhere in the current member of `delta` or `message` is counted.
    private var channel = Counter.none
    /// Where the next string is counted.
    private var counter = Counter.none
    /// Whether the next string is the top-level `model` or `id`.
    private var isIdentity = false

    /// Bytes of text written. `reasoning` and `reasoning_content` are two names of one text, and some servers
    /// send both: the larger counts.
    var outputBytes: Int { outputText + max(reasoning, reasoningContent) }

    @inline(__always)
    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 { return topLevelName(name) }
        guard member == .choices else { return }
        switch depth {
        case 3: choiceName(name)
        case 4...: if choiceMember == .output { outputName(name, depth: depth) }
        default: break
        }
    }

    @inline(__always)
    private mutating func topLevelName(_ name: JSONName) {
        switch name.length {
        case 2: member = name.equals("id") ? .id : .other
        case 5:
            member =
                name.equals("model") ? .model : name.equals("usage") ? .usage : name.equals("error") ? .error : .other
        case 7: member = name.equals("choices") ? .choices : .other
        default: member = .other
        }
        isIdentity = readsIdentity && (member == .model || member == .id)
    }

    @inline(__always)
    private mutating func choiceName(_ name: JSONName) {
        counter = .none
        switch name.length {
        case 4:
            choiceMember = name.equals("text") ? .text : .other
            if choiceMember == .text { counter = .output }
        case 5: choiceMember = name.equals("delta") ? .output : .other
        case 7: choiceMember = name.equals("message") ? .output : .other
        case 13: choiceMember = name.equals("finish_reason") ? .finishReason : .other
        default: choiceMember = .other
        }
    }

    @inline(__always)
    private mutating func outputName(_ name: JSONName, depth: Int) {
        if depth == 4 {
            channel = Self.channel(of: name)
            let isText = !(name.equals("tool_calls") || name.equals("function_call") || name.equals("audio"))
            counter = isText ? channel : .none
        } else {
            counter = Self.isText(name) ? channel : .none
        }
    }

    private static func channel(of name: JSONName) -> Counter {
        switch name.length {
        case 5: name.equals("audio") ? .output : .none
        case 7: name.equals("content") || name.equals("refusal") ? .output : .none
        case 9: name.equals("reasoning") ? .reasoning : .none
        case 10: name.equals("tool_calls") ? .output : .none
        case 13: name.equals("function_call") ? .output : .none
        case 17: name.equals("reasoning_content") ? .reasoningContent : .none
        default: .none
        }
    }

    /// Whether a string of this name, inside content parts, tool calls or audio, is text the model wrote.
    private static func isText(_ name: JSONName) -> Bool {
        switch name.length {
        case 4: name.equals("text") || name.equals("name")
        case 5: name.equals("input")
        case 8: name.equals("thinking")
        case 9: name.equals("arguments")
        case 10: name.equals("transcript")
        default: false
        }
    }

    @inline(__always)
    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 2 {
            if member == .error { hasError = true }
            if member == .usage, container == .object {
                usage = offset..<offset
                isUsageOpen = true
            }
            isIdentity = false
        } else if depth == 3, member == .choices {
            hasChoices = true
        }
        counter = .none
    }

    @inline(__always)
    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 2, isUsageOpen {
            usage = usage.lowerBound..<offset
            isUsageOpen = false
        }
        if depth == 4 { choiceMember = .other }
    }

    @inline(__always)
    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        stringStart = offset &+ 1
        guard depth == 1 else {
            if depth == 3, member == .choices, choiceMember == .finishReason { hasFinishReason = true }
            return
        }
        if member == .error { hasError = true }
        if isIdentity {
            if member == .model { model = BoundedText(limit: WireLimits.answerTextBytes) }
            if member == .id { id = BoundedText(limit: WireLimits.answerTextBytes) }
        }
    }

    @inline(__always)
    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        switch counter {
        case .none: if isIdentity { identityPiece(bytes) }
        case .output: outputText &+= bytes.count
        case .reasoning: reasoning &+= bytes.count
        case .reasoningContent: reasoningContent &+= bytes.count
        }
    }

    private mutating func identityPiece(_ bytes: UnsafeRawBufferPointer) {
        if member == .model { model.append(bytes) } else { id.append(bytes) }
    }

    @inline(__always)
    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 { lastString = stringStart..<offset &- 1 }
        if counter != .none {
            textStrings &+= 1
            text = stringStart..<offset &- 1
        }
        endScalar()
    }

    @inline(__always)
    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        if depth == 1, member == .error { hasError = true }
        endScalar()
    }

    @inline(__always)
    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        if depth == 1, member == .error, literal == .true { hasError = true }
        endScalar()
    }

    @inline(__always)
    private mutating func endScalar() {
        counter = .none
        isIdentity = false
    }
}
