/// An upper bound on how large a YAML text becomes once its aliases are replaced by what they stand for.
///
/// A few lines of anchors that hold aliases of anchors can stand for gigabytes, and the parser expands them. The bound
/// is computed from the text before it is parsed. Whatever looks like an anchor or alias counts, also inside
/// quotes and comments: the bound may be too high, never too low.
enum AliasBound {
    /// What a text may become: a file that repeats itself more is written by a program, which can do without aliases.
    static let maximumBytes = 16 << 20

    private struct Anchor {
        /// Expanded bytes before the first definition of the name.
        let start: Int
        /// A second definition may be open where an alias still means the first: sizes then only grow.
        var isRedefined = false
        /// Known from the first alias on, before which the anchor's value ends.
        var size: Int?
    }

    /// Bytes that the text may become; nil when over the maximum.
    static func expandedBytes(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        var expanded = 0
        var anchors: [ArraySlice<UInt8>: Anchor] = [:]
        for position in bytes.indices {
            expanded += 1
            let byte = bytes[position]
            guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") else { continue }
            let name = bytes[(position + 1)...].prefix(while: isNamePart)
            guard !name.isEmpty else { continue }
            if byte == UInt8(ascii: "&") {
                anchors[name, default: Anchor(start: expanded)].isRedefined = anchors[name] != nil
            } else if let anchor = anchors[name] {
                let reach = expanded - anchor.start
                let size = anchor.isRedefined ? reach : anchor.size ?? reach
                anchors[name]?.size = size
                expanded += size
                guard expanded <= maximumBytes else { return nil }
            }
        }
        return expanded
    }

    /// YAML 1.1 as libyaml reads it: letters, digits, hyphen and underscore make an anchor's name.
    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
