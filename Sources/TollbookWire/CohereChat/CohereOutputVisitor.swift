/// Reads one plain answer of Cohere's chat, or one event of its stream: usage, error, and how much text the model
/// wrote.
///
/// Depth 1 is the top-level object. `message` holds a whole answer; an event has a part of one in its `delta`, and
/// in the last one's `delta` stand reason and usage.
struct CohereOutputVisitor: AnswerBodyVisitor {
    private enum Member {
        case other, id, type, message, usage, finishReason, error
    }

    // What was found.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    /// Whether it is an error in place of an answer, or says that the answer failed.
    private(set) var hasError = false
    private(set) var hasFinishReason = false
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    /// An event's kind.
    private(set) var type = BoundedText(limit: WireLimits.answerTextBytes)
    /// Bytes of text the model wrote, unescaped: text, thinking, plans, tool names and arguments.
    private(set) var outputBytes = 0

    // Where it stands.
    /// The depth of the names that tell what a member is: 1, or 2 inside `delta`.
    private var nameDepth = 1
    private var member = Member.other
    private var isTextNext = false
    /// Whether what the message quotes of its sources is being read.
    private var isInCitations = false
    private var reason = BoundedText(limit: WireLimits.answerTextBytes)

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 {
            nameDepth = name.equals("delta") ? 2 : 1
            member = .other
        }
        if depth == nameDepth {
            member = Self.member(name)
            isTextNext = false
            isInCitations = false
        } else if member == .message {
            if depth == nameDepth + 1 { isInCitations = name.equals("citations") }
            isTextNext = !isInCitations && Self.isText(name)
        }
    }

    private static func member(_ name: JSONName) -> Member {
        switch name.length {
        case 2: name.equals("id") ? .id : .other
        case 4: name.equals("type") ? .type : .other
        case 5: name.equals("usage") ? .usage : name.equals("error") ? .error : .other
        case 7: name.equals("message") ? .message : .other
        case 13: name.equals("finish_reason") ? .finishReason : .other
        default: .other
        }
    }

    private static func isText(_ name: JSONName) -> Bool {
        switch name.length {
        case 4: name.equals("text") || name.equals("name")
        case 8: name.equals("thinking")
        case 9: name.equals("tool_plan") || name.equals("arguments")
        default: false
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        isTextNext = false
        guard depth == nameDepth + 1 else { return }
        if member == .error { hasError = true }
        guard member == .usage, container == .object else { return }
        usage = offset..<offset
        isUsageOpen = true
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        isTextNext = false
        guard depth == nameDepth + 1 else { return }
        if isUsageOpen { usage = usage.lowerBound..<offset }
        isUsageOpen = false
        member = .other
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        guard depth == nameDepth else { return }
        // An error's body is {"id":…,"message":"…"}.
        if member == .error || member == .message && nameDepth == 1 { hasError = true }
        if member == .finishReason { reason = BoundedText(limit: WireLimits.answerTextBytes) }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if isTextNext {
            outputBytes &+= bytes.count
            return
        }
        switch member {
        case .id: id.append(bytes)
        case .type: type.append(bytes)
        case .finishReason: reason.append(bytes)
        default: return
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        isTextNext = false
        guard depth == nameDepth else { return }
        if member == .finishReason {
            hasFinishReason = true
            if CohereFailure.isFailure(reason.string) { hasError = true }
        }
        member = .other
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        endScalar(depth)
    }

    private mutating func endScalar(_ depth: Int) {
        isTextNext = false
        if depth == nameDepth { member = .other }
    }
}

extension BoundedText {
    /// Whether it is this text.
    func equals(_ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount
            && bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
