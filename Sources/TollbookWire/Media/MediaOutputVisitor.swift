/// Reads one answer or event of moderations, images or audio: usage, error, model, id, and what it brought.
struct MediaOutputVisitor: AnswerBodyVisitor {
    private enum Member {
        case other, usage, error, model, id, type, data, text, duration
        /// `response`, of whose members `usage` or `meta` counts: an event of OpenAI's responses, or of Cohere's chat.
        case response
        /// `delta`: text, or an object of whose members `usage` counts, as in the last event of Cohere's chat.
        case delta
        /// `prompt_eval_count`, `eval_count` and `done` of Ollama's own API.
        case promptCount, answerCount, done
    }

    /// The last top-level usage object's bytes, or those of Cohere's `meta`; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    private(set) var hasError = false
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    /// An event's kind.
    private(set) var type = BoundedText(limit: WireLimits.answerTextBytes)
    /// Elements of `data`: images.
    private(set) var items: Int64 = 0
    /// Bytes of `text` and `delta`: a transcript.
    private(set) var textBytes = 0
    /// `duration`, which some servers write as a string; a begun second counts.
    private(set) var durationSeconds: Int64?
    /// What Ollama's own API counts; nil: it is none of its answers.
    private(set) var ollama: OllamaCounts?
    /// Whether it calls itself the last line of a stream.
    private(set) var isDone = false

    private var member = Member.other
    /// How much deeper everything stands: 1 in an array of answers, as Gemini streams one, else 0.
    private var shift = 0
    /// The depth of the usage object that is read or comes next within `response` or `delta`.
    private var usageDepth = 2
    private var isNestedUsage = false
    private var number = PlainDecimal()

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        let depth = depth - shift
        guard depth == 1 else {
            if depth == 2, member == .response || member == .delta {
                isNestedUsage = name.equals("usage") || name.equals("meta")
            }
            return
        }
        switch name.length {
        case 2: member = name.equals("id") ? .id : .other
        case 4:
            member = name.equals("type") ? .type : name.equals("data") ? .data : name.equals("text") ? .text : .other
            if name.equals("meta") { member = .usage } else if name.equals("done") { member = .done }
        case 5:
            member =
                name.equals("model")
                ? .model
                : name.equals("usage")
                    ? .usage : name.equals("error") ? .error : name.equals("delta") ? .delta : .other
        case 8: member = name.equals("duration") ? .duration : name.equals("response") ? .response : .other
        case 10: member = name.equals("eval_count") ? .answerCount : .other
        // Gemini's.
        case 13: member = name.equals("usageMetadata") ? .usage : .other
        case 17: member = name.equals("prompt_eval_count") ? .promptCount : .other
        default: member = .other
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 1, container == .array { shift = 1 }
        let depth = depth - shift
        if depth == 2 {
            if member == .error { hasError = true }
            if member == .usage, container == .object { beginUsage(at: offset, depth: depth) }
        } else if depth == 3, member == .response || member == .delta, isNestedUsage, container == .object {
            isNestedUsage = false
            beginUsage(at: offset, depth: depth)
        } else if depth == 3, member == .data, container == .object {
            items += 1
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        let depth = depth - shift
        if isUsageOpen, depth == usageDepth {
            usage = usage.lowerBound..<offset
            isUsageOpen = false
        }
        if depth == 2 { member = .other }
    }

    private mutating func beginUsage(at offset: Int, depth: Int) {
        usage = offset..<offset
        usageDepth = depth
        isUsageOpen = true
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        let depth = depth - shift
        guard depth == 1 else { return }
        if member == .error { hasError = true }
        number = PlainDecimal()
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        switch member {
        case .model: model.append(bytes)
        case .id: id.append(bytes)
        case .type: type.append(bytes)
        case .text, .delta: textBytes += bytes.count
        case .duration: number.append(bytes)
        case .other, .usage, .error, .data, .response, .promptCount, .answerCount, .done: break
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth - shift)
    }

    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        let depth = depth - shift
        if depth == 1, member == .error { hasError = true }
        number = PlainDecimal()
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        switch member {
        case .duration, .promptCount, .answerCount: number.append(bytes)
        default: break
        }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        let depth = depth - shift
        if depth == 1, member == .promptCount || member == .answerCount {
            var counts = ollama ?? OllamaCounts()
            if member == .promptCount { counts.takePrompt(number) } else { counts.takeAnswer(number) }
            ollama = counts
        }
        endScalar(depth: depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        let depth = depth - shift
        if depth == 1, member == .error, literal == .true { hasError = true }
        if depth == 1, member == .done { isDone = literal == .true }
        if depth == 1 { member = .other }
    }

    private mutating func endScalar(depth: Int) {
        guard depth == 1 else { return }
        if member == .duration { durationSeconds = number.roundedUp }
        member = .other
    }

    func isType(_ text: StaticString) -> Bool {
        type.bytes.count == text.utf8CodeUnitCount
            && type.bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
