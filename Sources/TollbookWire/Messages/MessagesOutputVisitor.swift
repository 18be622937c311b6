/// Reads one Anthropic message, or one event of its stream: kind, usage, error, model, id, and how much text the
/// model wrote.
///
/// Depth 1 is the top-level object. The `message` inside `message_start` is read like one of its own, a level deeper.
struct MessagesOutputVisitor: JSONVisitor, Sendable {
    private enum Member {
        case other, type, id, model, usage, error, content, contentBlock, delta, message, stopReason
    }

    /// Usage objects by where they stand.
    enum UsagePlace {
        case none
        /// In the `message` that opens a stream.
        case start
        /// At the top: in a whole message, or in `message_delta`.
        case top
    }

    // What was found.
    /// The top-level `type`.
    private(set) var type = JSONNamePieces()
    private(set) var hasError = false
    private(set) var hasStopReason = false
    /// Whether there is a part of the answer: a message, or an event that brings some of it.
    private(set) var hasContent = false
    /// The last usage object's bytes, and where it stands; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var usagePlace = UsagePlace.none
    private(set) var isUsageOpen = false
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    /// Bytes of text the model wrote, unescaped: text, thinking, tool names and arguments.
    private(set) var outputBytes = 0
    /// Strings that counted as text, and the bytes between the last one's quotes.
    private(set) var textStrings = 0
    private(set) var text = 0..<0

    // Where it stands.
    private var base = 1
    private var member = Member.other
    /// The depth of the objects whose direct members are read as output; 0 outside of them.
    private var blockDepth = 0
    /// The depth of a tool's `input` while it is read; 0 outside.
    private var inputDepth = 0
    private var isInputNext = false
    private var isTextNext = false
    private var stringStart = 0
    /// The member that the string being read is the value of.
    private var fact = Member.other

    /// Whether the top-level `type` is `text`.
    func isType(_ text: StaticString) -> Bool {
        var matches = false
        // Comparing throws nothing; the signature is the scanner's.
        try? type.withName { matches = $0.equals(text) }
        return matches
    }

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if depth == base {
            member = Self.member(name, isTop: depth == 1)
            isTextNext = false
        } else if inputDepth > 0 {
            outputBytes &+= name.length
            isTextNext = true
        } else if depth == blockDepth {
            isTextNext = Self.isText(name)
            isInputNext = name.equals("input")
            if member == .delta, name.equals("stop_reason") { member = .stopReason }
        }
    }

    private static func member(_ name: JSONName, isTop: Bool) -> Member {
        switch name.length {
        case 2: name.equals("id") ? .id : .other
        case 4: isTop && name.equals("type") ? .type : .other
        case 5:
            name.equals("model")
                ? .model
                : name.equals("usage") ? .usage : name.equals("delta") ? .delta : name.equals("error") ? .error : .other
        case 7: name.equals("content") ? .content : isTop && name.equals("message") ? .message : .other
        case 11: name.equals("stop_reason") ? .stopReason : .other
        case 13: name.equals("content_block") ? .contentBlock : .other
        default: .other
        }
    }

    /// Whether a member of a content block, or of a delta, is text the model wrote.
    private static func isText(_ name: JSONName) -> Bool {
        switch name.length {
        case 4: name.equals("text") || name.equals("name")
        case 8: name.equals("thinking")
        case 12: name.equals("partial_json")
        default: false
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == base + 1, inputDepth == 0 { beginMember(container, at: offset, depth: depth) }
        if isInputNext, inputDepth == 0 { inputDepth = depth }
        isInputNext = false
        isTextNext = inputDepth > 0
    }

    private mutating func beginMember(_ container: JSONContainer, at offset: Int, depth: Int) {
        switch member {
        case .usage where container == .object:
            usage = offset..<offset
            isUsageOpen = true
            usagePlace = base == 1 ? .top : .start
        case .error where base == 1: hasError = true
        case .message where container == .object:
            base = 2
            member = .other
            hasContent = true
        case .content where container == .array:
            blockDepth = depth + 1
            hasContent = true
        case .contentBlock where container == .object, .delta where container == .object:
            blockDepth = depth
            hasContent = true
        default: break
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == inputDepth { inputDepth = 0 }
        isTextNext = inputDepth > 0
        if depth == base + 1 {
            if isUsageOpen { usage = usage.lowerBound..<offset }
            isUsageOpen = false
            blockDepth = 0
        } else if depth == 2, base == 2 {
            base = 1
            member = .other
        }
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        stringStart = offset &+ 1
        fact = depth == base ? member : .other
        switch fact {
        case .model: model = BoundedText(limit: WireLimits.answerTextBytes)
        case .id: id = BoundedText(limit: WireLimits.answerTextBytes)
        case .type: type.removeAll()
        case .error: hasError = true
        case .stopReason: hasStopReason = true
        default: if member == .stopReason, depth == blockDepth { hasStopReason = true }
        }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if isTextNext {
            outputBytes &+= bytes.count
            return
        }
        switch fact {
        case .type: type.append(bytes)
        case .model: model.append(bytes)
        case .id: id.append(bytes)
        default: break
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        if isTextNext {
            textStrings &+= 1
            text = stringStart..<offset &- 1
        }
        endScalar(depth: depth)
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if inputDepth > 0 { outputBytes &+= bytes.count }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    private mutating func endScalar(depth: Int) {
        isTextNext = inputDepth > 0
        isInputNext = false
        if depth == base { member = .other }
        if depth == blockDepth, member == .stopReason { member = .delta }
    }
}
