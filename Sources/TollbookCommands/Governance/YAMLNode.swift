internal import TollbookPolicy
internal import Yams

/// A value of a YAML document with its place; aliases are replaced by what they stand for.
package struct YAMLNode {
    /// What the value is. Scalars keep their text: no number passes through a floating-point type.
    package indirect enum Content {
        /// Text; `isPlain` when it was written without quotes.
        case scalar(text: String, isPlain: Bool)
        case list([YAMLNode])
        /// In the order of the file; keys are unique.
        case mapping([(key: YAMLKey, value: YAMLNode)])
    }

    package let content: Content
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    /// Whether it stands for nothing: `key:`, `~` or `null`.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What it is, for messages.
    var kindText: String {
        switch content {
        case .scalar: "a single value"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key of a mapping with its place.
package struct YAMLKey {
    package let text: String
    package let line: Int
    package let column: Int
}

extension YAMLNode {
    /// Converts what the parser composed.
    ///
    /// - Throws: a `GovernanceProblem` for what a governance file has no use for: tags, and keys that are no text.
    init(_ node: Node, file: String) throws(GovernanceDocumentError) {
        line = node.mark?.line ?? 1
        column = node.mark?.column ?? 1
        let location = SourceLocation(file: file, line: line, column: column)
        switch node {
        case .scalar(let scalar):
            try Self.check(scalar.tag, at: location)
            content = .scalar(text: scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
        case .sequence(let sequence):
            try Self.check(sequence.tag, at: location)
            var values: [YAMLNode] = []
            for value in sequence { values.append(try YAMLNode(value, file: file)) }
            content = .list(values)
        case .mapping(let mapping):
            try Self.check(mapping.tag, at: location)
            var values: [(key: YAMLKey, value: YAMLNode)] = []
            for (key, value) in mapping {
                values.append((try Self.key(key, at: location), try YAMLNode(value, file: file)))
            }
            content = .mapping(values)
        case .alias:
            // The parser has put the anchor's value in the place of every alias.
            content = .scalar(text: "", isPlain: true)
        }
    }

    private static func key(_ node: Node, at location: SourceLocation) throws(GovernanceDocumentError) -> YAMLKey {
        guard case .scalar(let scalar) = node else {
            throw GovernanceDocumentError([
                GovernanceProblem("a key is a list or a mapping", hint: "Write a word before the colon.", at: location)
            ])
        }
        return YAMLKey(
            text: scalar.string, line: scalar.mark?.line ?? location.line,
            column: scalar.mark?.column ?? location.column)
    }

    private static func check(_ tag: Tag, at location: SourceLocation) throws(GovernanceDocumentError) {
        let name = tag.rawValue
        let isPlain = name.isEmpty || name == "!" || name == "tag:yaml.org,2002:str"
        guard isPlain || name == "tag:yaml.org,2002:seq" || name == "tag:yaml.org,2002:map" else {
            throw GovernanceDocumentError([
                GovernanceProblem(
                    "the value has the tag \(Quoted.text(name))", hint: "Write the value without its tag.", at: location
                )
            ])
        }
    }
}
