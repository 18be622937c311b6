/// Makes a small JSON value that fits a JSON schema, for tool arguments and structured answers.
///
/// It honours `type`, `properties`, `items`, `enum`, `const`, `anyOf`, `oneOf`, `allOf` (the first branch of each)
/// and `$ref` into `$defs` or `definitions`; other keywords are ignored.
struct SchemaSample {
    private let bytes: UnsafeRawBufferPointer
    private let root: Range<Int>
    /// Values still to be made: a schema that refers to itself more than once would grow without end.
    private var budget = 512

    private init(_ bytes: UnsafeRawBufferPointer, root: Range<Int>) {
        self.bytes = bytes
        self.root = root
    }

    /// A value for the schema in `range`.
    static func make(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        var sample = SchemaSample(bytes, root: range)
        return sample.value(range, depth: 0)
    }

    private mutating func value(_ schema: Range<Int>, depth: Int) -> String {
        guard depth < 16, budget > 0 else { return "null" }
        budget -= 1
        if let fixed = fixedValue(schema) { return fixed }
        if let branch = branch(schema) { return value(branch, depth: depth + 1) }
        switch type(schema) {
        case "string": return #""lorem""#
        case "integer": return "1"
        case "number": return "1.5"
        case "boolean": return "true"
        case "array": return array(schema, depth: depth)
        case "null": return "null"
        default: return object(schema, depth: depth)
        }
    }

    private func fixedValue(_ schema: Range<Int>) -> String? {
        let value =
            JSONLookup.value(bytes, schema, "const")
            ?? JSONLookup.value(bytes, schema, "enum").flatMap { JSONLookup.elements(bytes, $0).first }
        return value.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private func branch(_ schema: Range<Int>) -> Range<Int>? {
        for name in ["anyOf", "oneOf", "allOf"] as [StaticString] {
            if let list = JSONLookup.value(bytes, schema, name) { return JSONLookup.elements(bytes, list).first }
        }
        guard let reference = JSONLookup.value(bytes, schema, "$ref").flatMap({ JSONText.string(bytes, $0) }) else {
            return nil
        }
        return definition(named: reference.split(separator: "/").last.map(String.init) ?? "")
    }

    private func definition(named name: String) -> Range<Int>? {
        guard
            let definitions = JSONLookup.value(bytes, root, "$defs") ?? JSONLookup.value(bytes, root, "definitions")
        else { return nil }
        var found: Range<Int>?
        JSONLookup.members(bytes, definitions) { key, value in
            if JSONText.unescaped(bytes, key) == name { found = value }
        }
        return found
    }

    /// The schema's type; of several the first that is not null.
    private func type(_ schema: Range<Int>) -> String? {
        guard let value = JSONLookup.value(bytes, schema, "type") else { return nil }
        // Gemini's own schemas have their types in capitals.
        if let single = JSONText.string(bytes, value) { return single.lowercased() }
        let names = JSONLookup.elements(bytes, value).compactMap { JSONText.string(bytes, $0) }
        return names.first { $0 != "null" } ?? names.first
    }

    private mutating func array(_ schema: Range<Int>, depth: Int) -> String {
        guard let items = JSONLookup.value(bytes, schema, "items") else { return "[]" }
        return "[" + value(items, depth: depth + 1) + "]"
    }

    private mutating func object(_ schema: Range<Int>, depth: Int) -> String {
        guard let properties = JSONLookup.value(bytes, schema, "properties") else { return "{}" }
        var members: [(key: Range<Int>, schema: Range<Int>)] = []
        JSONLookup.members(bytes, properties) { members.append(($0, $1)) }
        var parts: [String] = []
        for member in members {
            let key = String(decoding: bytes[member.key], as: UTF8.self)
            parts.append("\"" + key + "\":" + value(member.schema, depth: depth + 1))
        }
        return "{" + parts.joined(separator: ",") + "}"
    }
}
