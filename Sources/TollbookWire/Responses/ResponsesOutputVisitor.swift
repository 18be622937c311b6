/// Reads one OpenAI response, or one event of its stream: kind, number, usage, error, model, id, and how much text the
/// model wrote.
///
/// Depth 1 is the top-level object. The `response` inside an event is read like one of its own, a level deeper. Names
/// may come in any order: some servers write an event's `type` last.
struct ResponsesOutputVisitor: JSONVisitor, Sendable {
    private enum Member {
        case other, type, sequence, id, model, usage, error, output, item, delta, response
    }

    // What was found.
    /// The top-level `type`; none in a plain answer.
    private(set) var type = JSONNamePieces()
    /// `sequence_number`.
    private(set) var sequenceNumber: Int64?
    private(set) var hasError = false
    /// The last usage object's bytes; empty when there is none.
    private(set) var usage = 0..<0
    private(set) var isUsageOpen = false
    private(set) var model = BoundedText(limit: WireLimits.answerTextBytes)
    private(set) var id = BoundedText(limit: WireLimits.answerTextBytes)
    /// Bytes of the top-level `delta`, unescaped.
    private(set) var deltaBytes = 0
    /// What the items brought: those of `output`, or the one of an event.
    private(set) var items = ResponsesItems()

    // Where it stands.
    private var base = 1
    private var member = Member.other
    /// The member that the string being read is the value of.
    private var fact = Member.other
    private var integer: PlainInteger?

    /// Whether the top-level `type` is `text`.
    func isType(_ text: StaticString) -> Bool {
        var matches = false
        // Comparing throws nothing; the signature is the scanner's.
        try? type.withName { matches = $0.equals(text) }
        return matches
    }

    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
        if items.isOpen { return items.name(name, depth: depth) }
        if depth == base { member = Self.member(name, isTop: depth == 1) }
    }

    private static func member(_ name: JSONName, isTop: Bool) -> Member {
        switch name.length {
        case 2: name.equals("id") ? .id : .other
        case 4: !isTop ? .other : name.equals("type") ? .type : name.equals("item") ? .item : .other
        case 5:
            name.equals("model")
                ? .model
                : name.equals("usage")
                    ? .usage : name.equals("error") ? .error : isTop && name.equals("delta") ? .delta : .other
        case 6: name.equals("output") ? .output : .other
        case 8: isTop && name.equals("response") ? .response : .other
        case 15: isTop && name.equals("sequence_number") ? .sequence : .other
        default: .other
        }
    }

    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if items.isOpen { return items.begin() }
        if depth == base + 1 {
            beginMember(container, at: offset, depth: depth)
        } else if depth == base + 2, member == .output, container == .object {
            items.open(depth: depth)
        }
    }

    private mutating func beginMember(_ container: JSONContainer, at offset: Int, depth: Int) {
        switch member {
        case .usage where container == .object:
            usage = offset..<offset
            isUsageOpen = true
        case .error: hasError = true
        case .response where container == .object:
            base = 2
            member = .other
        case .item where container == .object: items.open(depth: depth)
        default: break
        }
    }

    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
        if items.isOpen { return items.end(depth: depth) }
        if depth == base + 1 {
            if isUsageOpen { usage = usage.lowerBound..<offset }
            isUsageOpen = false
            member = .other
        } else if depth == 2, base == 2 {
            base = 1
            member = .other
        }
    }

    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
        if items.isOpen { return items.beginString() }
        fact = depth == base ? member : .other
        switch fact {
        case .type: type.removeAll()
        case .model: model = BoundedText(limit: WireLimits.answerTextBytes)
        case .id: id = BoundedText(limit: WireLimits.answerTextBytes)
        case .error: hasError = true
        default: break
        }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if items.isOpen { return items.stringPiece(bytes) }
        switch fact {
        case .delta: deltaBytes &+= bytes.count
        case .type: type.append(bytes)
        case .model: model.append(bytes)
        case .id: id.append(bytes)
        default: break
        }
    }

    mutating func endString(at offset: Int, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
        integer = depth == 1 && member == .sequence ? PlainInteger() : nil
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if items.isOpen { return items.numberPiece(bytes) }
        integer?.append(bytes)
    }

    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
        if let integer { sequenceNumber = integer.value(upTo: WireLimits.sequenceNumber) }
        integer = nil
        endScalar(depth: depth)
    }

    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
        endScalar(depth: depth)
    }

    private mutating func endScalar(depth: Int) {
        fact = .other
        if items.isOpen { return items.endScalar(depth: depth) }
        if depth == base { member = .other }
    }
}
