/// JSON arrays of ids and of plain words, as governed columns store them: `[1,2]`, `["eu","us"]`.
enum JSONList {
    /// The array's text; the same ids in the same order always give the same bytes.
    static func text(ids: [Int64]) -> String {
        "[" + ids.map(String.init).joined(separator: ",") + "]"
    }

    /// The array's text.
    ///
    /// - Precondition: the words need no escape (regions, which come from a closed list).
    static func text(words: [String]) -> String {
        "[" + words.map { "\"" + $0 + "\"" }.joined(separator: ",") + "]"
    }

    /// The ids of a stored array; nil if the text is no such array.
    static func ids(_ text: String) -> [Int64]? {
        guard let items = items(text) else { return nil }
        let ids = items.compactMap { Int64($0) }
        return ids.count == items.count ? ids : nil
    }

    /// The words of a stored array; nil if the text is no such array.
    static func words(_ text: String) -> [String]? {
        guard let items = items(text) else { return nil }
        let words = items.filter { $0.utf8.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") }
        return words.count == items.count ? words.map { String($0.dropFirst().dropLast()) } : nil
    }

    private static func items(_ text: String) -> [Substring]? {
        guard text.hasPrefix("["), text.hasSuffix("]"), text.utf8.count >= 2 else { return nil }
        let inside = text.dropFirst().dropLast()
        return inside.isEmpty ? [] : inside.split(separator: ",", omittingEmptySubsequences: false)
    }
}
