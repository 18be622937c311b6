internal import NIOCore

/// Reading a field as the type that it must have; another type is `invalid_field` with the field's name.
extension JSONView {
    func invalid(_ field: String) -> WireError { WireError(.invalidField, at: offset, field: field) }

    func text(of field: String) throws(WireError) -> JSONText {
        guard let text else { throw invalid(field) }
        return text
    }

    func number(of field: String) throws(WireError) -> ByteBuffer {
        guard let number else { throw invalid(field) }
        return number
    }

    func bool(of field: String) throws(WireError) -> Bool {
        guard let bool else { throw invalid(field) }
        return bool
    }

    func array(of field: String) throws(WireError) -> JSONElements {
        guard kind == .array else { throw invalid(field) }
        return elements
    }

    func object(of field: String) throws(WireError) -> JSONView {
        guard kind == .object else { throw invalid(field) }
        return self
    }

    /// A member that must be a string.
    func requiredText(_ name: StaticString, of field: String) throws(WireError) -> JSONText {
        guard let value = value(name) else { throw WireError(.missingField, at: offset, field: field) }
        return try value.text(of: field)
    }

    /// A string or a list of strings.
    func texts(of field: String) throws(WireError) -> [JSONText] {
        if let text { return [text] }
        var texts: [JSONText] = []
        for element in try array(of: field) { texts.append(try element.text(of: field)) }
        return texts
    }

    /// Null, or a container or string with nothing in it: what libraries write for "not set".
    var isEmptyValue: Bool {
        switch kind {
        case .null: return true
        case .object:
            var members = members
            return members.next() == nil
        case .array:
            var elements = elements
            return elements.next() == nil
        case .string: return bytes.readableBytes == 2
        case .number, .bool: return false
        }
    }

    /// Whether a number is zero, however it is written.
    var isZero: Bool { number.flatMap { Double(String(buffer: $0)) } == 0 }

    /// What a value that is not there has.
    static let noElements = JSONView(ByteBuffer(), 0..<0, offset: 0).elements

    /// The members of an object that are set and not among the known ones.
    func members(except known: [StaticString]) -> [(name: JSONText, value: JSONView)] {
        members.filter { name, value in !value.isEmptyValue && !known.contains { name.equals($0) } }
    }
}
