/// The rule for types of events as people ask for them: an action such as `budget.updated`, all of a kind's such as
/// `budget.*`, or `*`.
package enum EventType {
    private static let maximumBytes = 64

    /// Whether a text is such a type. Which actions there are is nowhere listed: new ones come with new versions.
    package static func isPattern(_ text: String) -> Bool {
        guard text != "*" else { return true }
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count > 1, text.utf8.count <= maximumBytes else { return false }
        let named = words.last == "*" ? words.dropLast() : words[...]
        return named.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isWordByte) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
