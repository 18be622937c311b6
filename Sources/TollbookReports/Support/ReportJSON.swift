/// A JSON document that is written, never read: members keep their order, so that equal reports give equal bytes.
package indirect enum ReportJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([ReportJSON])
    case object([Member])
    /// JSON as it was stored.
    case raw(String)

    /// A name and its value.
    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: ReportJSON

        package init(_ name: String, _ value: ReportJSON) {
            self.name = name
            self.value = value
        }
    }

    /// Members in the order given.
    package static func members(_ members: KeyValuePairs<String, ReportJSON>) -> ReportJSON {
        .object(members.map { Member($0.key, $0.value) })
    }

    /// The integer, or null.
    package static func optional(_ value: Int64?) -> ReportJSON {
        value.map { .integer($0) } ?? .null
    }

    /// The text, or null.
    package static func optional(_ value: String?) -> ReportJSON {
        value.map { .string($0) } ?? .null
    }

    /// The document, indented by two spaces and ended by a line feed.
    package var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    /// The document on one line, without blanks.
    package var compactText: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .string(let value): Self.write(string: value, to: &text)
        case .raw(let json): text += json
        case .array(let values):
            Self.write(values, between: ("[", "]"), to: &text, indent: indent) { value, text, inner in
                value.write(to: &text, indent: inner)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &text, indent: indent) { member, text, inner in
                Self.write(string: member.name, to: &text)
                text += inner == nil ? ":" : ": "
                member.value.write(to: &text, indent: inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], between brackets: (String, String), to text: inout String, indent: Int?,
        _ body: (Element, inout String, Int?) -> Void
    ) {
        text += brackets.0
        let inner = indent.map { $0 + 2 }
        for (position, element) in elements.enumerated() {
            if position > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            body(element, &text, inner)
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += brackets.1
    }

    /// RFC 8259 section 7; everything but quotes, backslashes and control characters stays as it is.
    private static func write(string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension ReportJSON: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}
