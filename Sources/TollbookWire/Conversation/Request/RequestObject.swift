internal import NIOCore

/// Where a request's reader notes the fields that it does not know.
final class UnknownFields {
    /// Names as paths in the caller's dialect.
    private(set) var names = FieldNames()
    /// Whether `false` counts as absent: a switch that is off.
    private let skipsFalse: Bool
    /// Whether members have two names, as in Gemini's requests.
    fileprivate let isGemini: Bool

    init(skipsFalse: Bool, isGemini: Bool = false) {
        self.skipsFalse = skipsFalse
        self.isGemini = isGemini
    }

    /// Notes a member of the object at a path, unless its value asks for nothing.
    ///
    /// - Parameter path: empty for the request itself.
    func note(_ path: String, _ name: JSONText, _ value: JSONView) {
        guard !value.isEmptyValue, !skipsFalse || value.bool != false else { return }
        let name = isGemini ? name.geminiName : name.string
        names.insert(path.isEmpty ? name : path + "." + name)
    }

    /// Notes a field that a rule has no word for.
    func note(_ name: String) {
        names.insert(name)
    }
}

/// An object of a request, read by asking for its members: those that nobody asked for are noted as unknown when it has
/// been read, so that none can be lost unseen. Goes over the object's bytes once.
struct RequestObject: ~Copyable {
    private struct Member {
        let name: JSONText
        let value: JSONView
        var isTaken: Bool
    }

    let view: JSONView
    /// The object's place in the request.
    let path: String
    private let unknown: UnknownFields
    private var members: [Member] = []

    /// - Throws: `invalid_field` for what is no object.
    init(_ view: JSONView, _ path: String, _ unknown: UnknownFields) throws(WireError) {
        self.view = try view.object(of: path)
        self.path = path
        self.unknown = unknown
        members.reserveCapacity(4)
        for (name, value) in view.members {
            members.append(Member(name: name, value: value, isTaken: value.isNull))
        }
    }

    deinit {
        for member in members where !member.isTaken { unknown.note(path, member.name, member.value) }
    }

    /// The first member of a name that is set; it is known from now on, as are others of the same name.
    mutating func take(_ name: StaticString) -> JSONView? {
        var found: JSONView?
        for index in members.indices where matches(members[index].name, name) {
            members[index].isTaken = true
            if found == nil, !members[index].value.isNull { found = members[index].value }
        }
        return found
    }

    private func matches(_ name: JSONText, _ known: StaticString) -> Bool {
        name.equals(known) || unknown.isGemini && name.geminiName == known.description
    }

    /// Counts members as known whose value does not matter.
    mutating func skip(_ names: StaticString...) {
        for name in names { _ = take(name) }
    }

    /// Counts all members as known: a rule speaks for the whole object.
    mutating func skipAll() {
        for index in members.indices { members[index].isTaken = true }
    }

    // MARK: Members of a type

    /// - Throws: `missing_field`.
    mutating func required(_ name: StaticString) throws(WireError) -> JSONView {
        guard let value = take(name) else {
            throw WireError(.missingField, at: view.offset, field: member(name))
        }
        return value
    }

    /// - Throws: `missing_field`, `invalid_field`.
    mutating func requiredText(_ name: StaticString) throws(WireError) -> JSONText {
        let value = try required(name)
        guard let text = value.text else { throw value.invalid(member(name)) }
        return text
    }

    /// - Throws: `invalid_field`.
    mutating func text(_ name: StaticString) throws(WireError) -> JSONText? {
        guard let value = take(name) else { return nil }
        guard let text = value.text else { throw value.invalid(member(name)) }
        return text
    }

    /// An object inside; nil: there is none.
    ///
    /// - Throws: `invalid_field`.
    mutating func object(_ name: StaticString) throws(WireError) -> RequestObject? {
        guard let value = take(name) else { return nil }
        return try RequestObject(value, member(name), unknown)
    }

    /// - Throws: `missing_field`, `invalid_field`.
    mutating func requiredObject(_ name: StaticString) throws(WireError) -> RequestObject {
        try RequestObject(try required(name), member(name), unknown)
    }

    /// An error of one of its members.
    func invalid(_ name: StaticString) -> WireError { view.invalid(member(name)) }

    private func member(_ name: StaticString) -> String { path + "." + name.description }
}
