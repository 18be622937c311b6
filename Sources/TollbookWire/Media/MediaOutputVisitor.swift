/// Reads one answer or event of moderations, images or audio: usage, error, model, id, and what it brought.
struct MediaOutputVisitor: AnswerBodyVisitor {
    private enum Member {
        case other, usage, error, model, id, type, data, text, duration
        /// `response`, of whose members `usage` counts: an event of OpenAI's responses.
        case response
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

    private var member = Member.other
    /// The depth of the usage object that is read or comes next within `response`.
    private var usageDepth = 2
    private var isNestedUsage = false
    private var number = PlainDecimal()

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        guard depth == 1 else {
            if depth == 2, member == .response { isNestedUsage = name.equals("usage") }
            return
        }
        switch name.length {
        case 2: member = name.equals("id") ? .id : .other
        case 4:
            member = name.equals("type") ? .type : name.equals("data") ? .data : name.equals("text") ? .text : .other
            if name.equals("meta") { member = .usage }
        case 5:
            member =
                name.equals("model")
                ? .model
                : name.equals("usage")
                    ? .usage : name.equals("error") ? .error : name.equals("delta") ? .text : .other
        case 8: member = name.equals("duration") ? .duration : name.equals("response") ? .response : .other
        default: member = .other
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if depth == 2 {
            if member == .error { hasError = true }
            if member == .usage, container == .object { beginUsage(at: offset, depth: depth) }
        } else if depth == 3, member == .response, isNestedUsage, container == .object {
            isNestedUsage = false
            beginUsage(at: offset, depth: depth)
        } else if depth == 3, member == .data, container == .object {
            items += 1
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
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
        guard depth == 1 else { return }
        if member == .error { hasError = true }
        number = PlainDecimal()
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        switch member {
        case .model: model.append(bytes)
        case .id: id.append(bytes)
        case .type: type.append(bytes)
        case .text: textBytes += bytes.count
        case .duration: number.append(bytes)
        case .other, .usage, .error, .data, .response: break
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        if depth == 1, member == .error { hasError = true }
        number = PlainDecimal()
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if member == .duration { number.append(bytes) }
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        if depth == 1, member == .error, literal == .true { hasError = true }
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
