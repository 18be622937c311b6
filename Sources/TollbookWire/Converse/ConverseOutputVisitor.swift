/// Reads one plain answer of Converse, or the payload of one event of its stream: usage, model, and how much text the
/// model wrote.
///
/// Depth 1 is the top-level object. `output` holds a whole message, `start` and `delta` a part of one.
struct ConverseOutputVisitor: JSONVisitor, Sendable {
    private enum Member {
        case other, usage, output, stopReason, trace
    }

    // What was found.
    private(set) var hasStopReason = false
    /// Whether there is a part of the answer.
    private(set) var hasContent = false
    /// Whether it is AWS's note that the call is none of the service's, which comes with a status of success.
    private(set) var hasError = false
    /// The usage object's bytes; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    /// The model that a prompt router chose.
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    /// Bytes of text the model wrote, unescaped: text, reasoning, tool names and arguments.
    private(set) var outputBytes = 0

    // Where it stands.
    private var member = Member.other
    /// The depth of a tool's `input` while it is read; 0 outside.
    private var inputDepth = 0
    private var isInputNext = false
    private var isTextNext = false
    private var isModelNext = false

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1 {
            member = Self.member(name)
            if name.equals("__type") { hasError = true }
            isTextNext = false
        } else if member == .output {
            if inputDepth > 0 {
                outputBytes &+= name.length
                isTextNext = true
            } else {
                isInputNext = name.equals("input")
                isTextNext = isInputNext || name.equals("text") || name.equals("name")
            }
        } else if member == .trace {
            isModelNext = depth == 3 && name.equals("invokedModelId")
        }
    }

    private static func member(_ name: JSONName) -> Member {
        switch name.length {
        case 5:
            name.equals("usage")
                ? .usage
                : name.equals("delta") || name.equals("start") ? .output : name.equals("trace") ? .trace : .other
        case 6: name.equals("output") ? .output : .other
        case 10: name.equals("stopReason") ? .stopReason : .other
        default: .other
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 2 {
            if member == .usage, container == .object {
                usage = offset..<offset
                isUsageOpen = true
            }
            if member == .output { hasContent = true }
        }
        if isInputNext, inputDepth == 0 { inputDepth = depth }
        isInputNext = false
        isTextNext = inputDepth > 0
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == inputDepth { inputDepth = 0 }
        isTextNext = inputDepth > 0
        guard depth == 2 else { return }
        if isUsageOpen { usage = usage.lowerBound..<offset }
        isUsageOpen = false
        member = .other
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        if depth == 1, member == .stopReason { hasStopReason = true }
        if isModelNext { model = BoundedText(limit: WireLimits.answerTextBytes) }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if isTextNext {
            outputBytes &+= bytes.count
        } else if isModelNext {
            model.append(bytes)
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        endScalar()
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if inputDepth > 0 { outputBytes &+= bytes.count }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        endScalar()
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        endScalar()
    }

    private mutating func endScalar() {
        isTextNext = inputDepth > 0
        isInputNext = false
        isModelNext = false
    }
}
