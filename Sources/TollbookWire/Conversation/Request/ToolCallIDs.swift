internal import NIOCore

/// Ids of tool calls in the form that a target takes. One that has it stays; another is replaced by one that is made of
/// it alone, so that a call and its result, and the same call in a later request, have the same.
enum ToolCallIDs {
    /// Anthropic's: letters, digits, `_` and `-`.
    static func anthropic(_ id: JSONText) -> JSONText {
        fitted(id, longest: .max) { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// Converse's: 1 to 64 of letters, digits and `_.:-`.
    static func converse(_ id: JSONText) -> JSONText {
        fitted(id, longest: 64) { isAlphanumeric($0) || "_.:-".utf8.contains($0) }
    }

    /// Mistral's: nine letters and digits.
    static func nineLetters(_ id: JSONText) -> JSONText {
        let text = id.string
        guard text.utf8.count != hashLength || !text.utf8.allSatisfy(isAlphanumeric) else { return id }
        return JSONText(hash(of: text))
    }

    private static func fitted(_ id: JSONText, longest: Int, _ isAllowed: (UInt8) -> Bool) -> JSONText {
        let text = id.string
        guard text.isEmpty || text.utf8.count > longest || !text.utf8.allSatisfy(isAllowed) else { return id }
        // What could be kept is, for whoever reads a log; the hash tells apart what would become the same.
        let kept = text.utf8.prefix(keptLength).map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
        return JSONText(String(decoding: kept, as: UTF8.self) + "_" + hash(of: text))
    }

    /// Bytes of an id that are kept in front of the hash; with it, within the 64 that the strictest takes.
    private static let keptLength = 48

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static let hashLength = 9
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// Nine digits of base 62: FNV-1a of 64 bits, of which they hold 53. http://www.isthe.com/chongo/tech/comp/fnv/
    private static func hash(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        // The high bits are the better mixed ones.
        hash ^= hash >> 32
        var word = ""
        for _ in 0..<hashLength {
            word.append(digits[Int(hash % 62)])
            hash /= 62
        }
        return word
    }
}
