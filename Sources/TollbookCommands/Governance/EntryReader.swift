internal import TollbookPolicy

/// What is wrong with the files read so far.
final class ProblemList {
    private(set) var problems: [GovernanceProblem] = []

    func add(_ message: String, hint: String, at location: SourceLocation) {
        problems.append(GovernanceProblem(message, hint: hint, at: location))
    }

    func add(_ more: [GovernanceProblem]) {
        problems += more
    }
}

/// Reads the values of one mapping by key and notes where each was written.
///
/// Whatever has the wrong type is noted as a problem and read as absent, so that one run tells all of them.
struct EntryReader {
    /// What the entry is, for messages: `budget`.
    let kind: String
    private(set) var location: EntryLocation
    let list: ProblemList
    private var values: [String: YAMLNode] = [:]

    /// - Parameter keys: every key that the entry may have.
    /// - Returns: nil, with a problem noted, when the value is no mapping.
    init?(_ node: YAMLNode, kind: String, keys: [String], file: String, list: ProblemList) {
        let start = SourceLocation(file: file, line: node.line, column: node.column)
        guard case .mapping(let entries) = node.content else {
            let example = keys.first.map { "\($0): …" } ?? "KEY: VALUE"
            list.add("the \(kind) is \(node.kindText)", hint: "Write it as a mapping: \(example).", at: start)
            return nil
        }
        self.kind = kind
        self.list = list
        location = EntryLocation(start)
        for (key, value) in entries {
            guard keys.contains(key.text) else {
                let place = SourceLocation(file: file, line: key.line, column: key.column)
                let advice = Suggestion.nearest(to: key.text, in: keys).map { "Write \($0)." }
                list.add(
                    "the \(kind) has an unknown key \(Quoted.text(key.text))",
                    hint: advice ?? "Write one of \(Quoted.alternatives(keys)).", at: place)
                continue
            }
            location.note(key.text, line: value.line, column: value.column)
            if !value.isNull { values[key.text] = value }
        }
    }

    /// Whether the key is there with a value.
    func has(_ key: String) -> Bool {
        values[key] != nil
    }

    /// The place of a value, or of the entry.
    func place(_ key: String) -> SourceLocation {
        location.of(key)
    }

    /// The text at a key; nil when absent.
    func text(_ key: String) -> String? {
        guard let node = values[key] else { return nil }
        return text(node, "\(key) of the \(kind)")
    }

    /// The text at a key that must be there.
    ///
    /// - Parameter example: what a reader may write instead.
    func requiredText(_ key: String, example: String) -> String? {
        if let text = text(key) { return text }
        if !has(key) { missing(key, example: example) }
        return nil
    }

    /// The whole number at a key; nil when absent.
    func integer(_ key: String) -> Int64? {
        guard let node = values[key] else { return nil }
        guard case .scalar(let text, let isPlain) = node.content else {
            wrongType(node, "\(key) of the \(kind)", expected: "Write a whole number.")
            return nil
        }
        if isPlain, let value = Int64(text), text.utf8.first != UInt8(ascii: "+") { return value }
        let digits = text.filter { $0 != "_" && $0 != "," && $0 != " " && $0 != "'" }
        let advice = Int64(digits).map { "Write \($0) without quotes and separators." } ?? "Write a whole number."
        list.add("\(key) of the \(kind) is no whole number", hint: advice, at: place(key))
        return nil
    }

    /// The truth value at a key; nil when absent.
    func flag(_ key: String) -> Bool? {
        guard let node = values[key] else { return nil }
        if case .scalar(let text, true) = node.content, text == "true" || text == "false" { return text == "true" }
        wrongType(node, "\(key) of the \(kind)", expected: "Write true or false.")
        return nil
    }

    /// The list of whole numbers at a key; nil when absent. Notes the place of each.
    mutating func integers(_ key: String) -> [Int64]? {
        guard values[key] != nil else { return nil }
        var numbers: [Int64] = []
        for (offset, node) in nodes(key).enumerated() {
            location.note("\(key)/\(offset)", line: node.line, column: node.column)
            if case .scalar(let text, true) = node.content, let number = Int64(text) {
                numbers.append(number)
            } else {
                wrongType(node, "a value of \(key)", expected: "Write a whole number.")
            }
        }
        return numbers
    }

    /// The list of texts at a key; nil when absent. Notes the place of each.
    mutating func texts(_ key: String) -> [String]? {
        guard values[key] != nil else { return nil }
        var texts: [String] = []
        for (offset, node) in nodes(key).enumerated() {
            location.note("\(key)/\(offset)", line: node.line, column: node.column)
            if let text = text(node, "a value of \(key)") { texts.append(text) }
        }
        return texts
    }

    /// The mapping at a key; nil when absent or anything else.
    func mapping(_ key: String) -> YAMLNode? {
        guard let node = values[key], case .mapping = node.content else { return nil }
        return node
    }

    /// The values of the list at a key; empty when absent.
    func nodes(_ key: String) -> [YAMLNode] {
        guard let node = values[key] else { return [] }
        guard case .list(let nodes) = node.content else {
            wrongType(node, "\(key) of the \(kind)", expected: "Write a list: \(key): [ … ], or one '- ' a line.")
            return []
        }
        return nodes
    }

    /// The texts of the mapping at a key, by their keys; nil when absent or no mapping. Notes the place of each.
    mutating func textsByKey(_ key: String) -> [String: String]? {
        guard let node = values[key] else { return nil }
        guard case .mapping(let entries) = node.content else {
            wrongType(node, "\(key) of the \(kind)", expected: "Write a mapping: \(key): {KEY: VALUE}.")
            return nil
        }
        var texts: [String: String] = [:]
        for (name, value) in entries {
            location.note("\(key)/\(name.text)", line: value.line, column: value.column)
            if let text = text(value, "\(Quoted.text(name.text)) of \(key)") { texts[name.text] = text }
        }
        return texts
    }

    /// Notes where a value was written under another key.
    mutating func alias(_ field: String, of key: String) {
        let place = location.of(key)
        location.note(field, line: place.line, column: place.column)
    }

    func missing(_ key: String, example: String) {
        list.add("the \(kind) has no \(key)", hint: "Write \(key): \(example).", at: location.start)
    }

    private func text(_ node: YAMLNode, _ what: String) -> String? {
        if case .scalar(let text, _) = node.content, !node.isNull { return text }
        wrongType(node, what, expected: "Write a text.")
        return nil
    }

    private func wrongType(_ node: YAMLNode, _ what: String, expected: String) {
        let place = SourceLocation(file: location.file, line: node.line, column: node.column)
        let found = node.isNull ? "empty" : node.kindText
        list.add("\(what) is \(found)", hint: expected, at: place)
    }
}
