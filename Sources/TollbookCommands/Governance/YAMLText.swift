package import TollbookPolicy
internal import Yams

/// Parses the text of one YAML document; JSON is YAML too.
package enum YAMLText {
    /// A governance file is written by people; what is longer is refused before it is parsed.
    package static let maximumBytes = 4 << 20

    /// The document's value.
    ///
    /// - Throws: `GovernanceDocumentError` with the place of the first thing that is no YAML. The parser's own
    ///   descriptions repeat lines of the file and are not used: a line may hold a credential.
    package static func parse(_ bytes: [UInt8], file: String) throws(GovernanceDocumentError) -> YAMLNode {
        let text = try text(bytes, file: file)
        guard AliasBound.expandedBytes(text) != nil else {
            throw refusal(
                "the aliases stand for more than \(AliasBound.maximumBytes >> 20) MiB", "Write the values out.", file)
        }
        guard let root = try compose(text, file: file) else {
            throw refusal("the file is empty", "Write version: 1 and what is to be governed.", file)
        }
        return try YAMLNode(root, file: file)
    }

    private static func text(_ bytes: [UInt8], file: String) throws(GovernanceDocumentError) -> String {
        guard bytes.count <= maximumBytes else {
            throw refusal("the file is over \(maximumBytes >> 20) MiB", "Split it into files of a directory.", file)
        }
        let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: marked, as: UTF8.self) else {
            let place = location(ofByte: validPrefix(marked), in: marked, file: file)
            throw GovernanceDocumentError([
                GovernanceProblem("the text is not UTF-8", hint: "Save the file as UTF-8.", at: place)
            ])
        }
        if let offset = marked.firstIndex(where: isForbidden) {
            let place = location(ofByte: offset - marked.startIndex, in: marked, file: file)
            throw GovernanceDocumentError([
                GovernanceProblem("the text has a control character", hint: "Remove it.", at: place)
            ])
        }
        return text
    }

    private static func compose(_ text: String, file: String) throws(GovernanceDocumentError) -> Node? {
        do {
            // The basic resolver leaves scalars as texts: numbers and dates are read by whoever knows the key.
            return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw GovernanceDocumentError([problem(error, file: file)])
        } catch {
            throw refusal("the text cannot be read", "Check that it is YAML.", file)
        }
    }

    private static func problem(_ error: YamlError, file: String) -> GovernanceProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let place = SourceLocation(file: file, line: mark.line, column: mark.column)
            return GovernanceProblem(
                "this is no YAML: \(problem)", hint: "Check indentation, quotes and brackets up to this place.",
                at: place)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let place = SourceLocation(file: file, line: context.mark.line, column: context.mark.column)
            let names = duplicates.map { Quoted.text($0) }.joined(separator: ", ")
            return GovernanceProblem(
                "the key \(names) is written twice in one mapping", hint: "Write it once.", at: place)
        default:
            return GovernanceProblem(
                "the text cannot be read as YAML", hint: "Check that it is plain text.",
                at: SourceLocation(file: file, line: 1, column: 1))
        }
    }

    private static func refusal(_ message: String, _ hint: String, _ file: String) -> GovernanceDocumentError {
        GovernanceDocumentError([
            GovernanceProblem(message, hint: hint, at: SourceLocation(file: file, line: 1, column: 1))
        ])
    }

    /// What libyaml refuses, without a place, and no person types.
    private static func isForbidden(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) || byte == 0x7F
    }

    /// Bytes before the first that begins no UTF-8 sequence.
    private static func validPrefix(_ bytes: ArraySlice<UInt8>) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .valid(let encoded) = parser.parseScalar(from: &iterator) { count += encoded.count }
        return count
    }

    private static func location(ofByte offset: Int, in bytes: ArraySlice<UInt8>, file: String) -> SourceLocation {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex
        let lines = before.count { $0 == 0x0A }
        // Continuation bytes begin no scalar.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: file, line: lines + 1, column: column + 1)
    }
}
