internal import NIOCore

/// What `encrypted_content` of a reasoning item holds, so that thoughts can be sent back to the provider that had them.
///
/// A mark in front tells what Tollbook put there from what another provider did: a signature of Anthropic's belongs to
/// the text in `summary`, redacted thoughts stand alone.
enum SealedThoughts {
    case signature(JSONText)
    case redacted(JSONText)
    /// None, or nothing of Tollbook's.
    case foreign

    private static let signatureMark = "tollbook.signature."
    private static let redactedMark = "tollbook.redacted."

    init(_ content: JSONText?) {
        let text = content?.string ?? ""
        if text.hasPrefix(Self.signatureMark) {
            self = .signature(JSONText(String(text.dropFirst(Self.signatureMark.count))))
        } else if text.hasPrefix(Self.redactedMark) {
            self = .redacted(JSONText(String(text.dropFirst(Self.redactedMark.count))))
        } else {
            self = .foreign
        }
    }

    /// The member's value; nil: there is none.
    var content: JSONText? {
        switch self {
        case .signature(let text): Self.marked(Self.signatureMark, text)
        case .redacted(let text): Self.marked(Self.redactedMark, text)
        case .foreign: nil
        }
    }

    private static func marked(_ mark: String, _ text: JSONText) -> JSONText {
        var marked = JSONText(mark)
        marked.append(text)
        return marked
    }
}
