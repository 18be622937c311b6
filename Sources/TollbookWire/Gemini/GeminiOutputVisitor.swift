/// Reads one Gemini answer, or one chunk of its stream: usage, errors, ends, model, id, and how much text the model
/// wrote.
///
/// Depth 1 is the answer, 3 a candidate, 4 its content, 6 a part.
struct GeminiOutputVisitor: JSONVisitor, Sendable {
    private enum Member {
        case other, candidates, feedback, usage, model, id, error
    }

    private enum CandidateMember {
        case other, content, finishReason, grounding
    }

    // What was found.
    private(set) var hasError = false
    /// Whether a candidate came to its end, or the prompt was blocked, so that there is none.
    private(set) var hasFinishReason = false
    /// Whether there is a candidate, or something in place of one.
    private(set) var hasContent = false
    /// Whether a part brings what is no text, such as an image.
    private(set) var hasMedia = false
    /// Whether the provider searched the web for the answer, which it charges for and does not tell in the usage.
    private(set) var hasSearch = false
    /// Whether an error's reason is that the API key is none.
    private(set) var refusesKey = false
    /// The last usage object's bytes; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    /// Whether that object tells of the prompt; those without are no usage.
    private(set) var hasPromptCount = false
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    /// Bytes of text the model wrote, unescaped: text, thoughts, function names and arguments, code.
    private(set) var outputBytes = 0

    // Where it stands.
    private var member = Member.other
    private var candidateMember = CandidateMember.other
    private var isParts = false
    /// Whether the value of a name is text the model wrote.
    private var isTextNext = false
    /// Whether a function call or code comes next, and its depth while it is read; 0 outside.
    private var isCallNext = false
    private var callDepth = 0
    private var isEndNext = false
    private var isSearchNext = false
    private var isReasonNext = false
    private var reason = JSONNamePieces()

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        isTextNext = false
        if callDepth > 0 {
            if depth > callDepth { outputBytes &+= name.length }
            // A call's own id is the server's.
            isTextNext = depth > callDepth || !name.equals("id")
            return
        }
        isEndNext = false
        isCallNext = false
        switch depth {
        case 1: member = Self.member(name)
        case 2: memberName(name)
        case 3: candidateName(name)
        case 4:
            // An element of the error's details.
            isReasonNext = member == .error && name.equals("reason")
            isParts = candidateMember == .content && name.equals("parts")
            isSearchNext = candidateMember == .grounding && name.equals("webSearchQueries")
        case 6: partName(name)
        default: break
        }
    }

    private static func member(_ name: JSONName) -> Member {
        switch name.length {
        case 5: name.equals("error") ? .error : .other
        case 10: name.equals("candidates") ? .candidates : name.equals("responseId") ? .id : .other
        case 12: name.equals("modelVersion") ? .model : .other
        case 13: name.equals("usageMetadata") ? .usage : .other
        case 14: name.equals("promptFeedback") ? .feedback : .other
        default: .other
        }
    }

    private mutating func memberName(_ name: JSONName) {
        if member == .usage, name.equals("promptTokenCount") { hasPromptCount = true }
        isEndNext = member == .feedback && name.equals("blockReason")
    }

    private mutating func candidateName(_ name: JSONName) {
        candidateMember = .other
        guard member == .candidates else { return }
        if name.equals("content") {
            candidateMember = .content
        } else if name.equals("finishReason") {
            isEndNext = true
        } else if name.equals("groundingMetadata") {
            candidateMember = .grounding
        }
    }

    private mutating func partName(_ name: JSONName) {
        guard member == .candidates, isParts else { return }
        switch name.length {
        case 4: isTextNext = name.equals("text")
        case 10: if name.equals("inlineData") { hasMedia = true }
        case 12: isCallNext = name.equals("functionCall")
        case 14: isCallNext = name.equals("executableCode")
        default: break
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if isCallNext { callDepth = depth }
        isCallNext = false
        isTextNext = callDepth > 0
        isEndNext = false
        if depth == 3 {
            if member == .candidates { hasContent = true }
            candidateMember = .other
            isParts = false
        }
        guard depth == 2 else { return }
        switch member {
        case .usage where container == .object:
            usage = offset..<offset
            isUsageOpen = true
            hasPromptCount = false
        case .error: hasError = true
        default: break
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == callDepth { callDepth = 0 }
        isTextNext = callDepth > 0
        if depth == 2, isUsageOpen {
            usage = usage.lowerBound..<offset
            isUsageOpen = false
        }
        if depth == 4 {
            isParts = false
            isSearchNext = false
        }
        if depth == 5 { isSearchNext = false }
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        if isEndNext { hasFinishReason = true }
        if isSearchNext { hasSearch = true }
        reason.removeAll()
        guard depth == 1 else { return }
        switch member {
        case .model: model = BoundedText(limit: WireLimits.answerTextBytes)
        case .id: id = BoundedText(limit: WireLimits.answerTextBytes)
        case .error: hasError = true
        default: break
        }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if isTextNext {
            outputBytes &+= bytes.count
        } else if isReasonNext {
            reason.append(bytes)
        } else if member == .model {
            model.append(bytes)
        } else if member == .id {
            id.append(bytes)
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        if isReasonNext {
            var isKey = false
            try reason.withName { isKey = $0.equals("API_KEY_INVALID") }
            refusesKey = refusesKey || isKey
        }
        endScalar(depth: depth)
    }

    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        // With `$alt=json;enum-encoding=int` reasons are numbers.
        if isEndNext { hasFinishReason = true }
        if depth == 1, member == .error { hasError = true }
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if callDepth > 0 { outputBytes &+= bytes.count }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    private mutating func endScalar(depth: Int) {
        isTextNext = callDepth > 0
        isEndNext = false
        isCallNext = false
        isReasonNext = false
        if depth == 1 { member = .other }
    }
}
