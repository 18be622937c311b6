/// A key of any name, to see what an object really holds.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension Decoder {
    /// The keyed container, refused when it has a key that the type does not know: a misspelled limit must not be
    /// taken for an absent one.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the path of the unknown key.
    func strictContainer<Key: CodingKey & CaseIterable>(_ keys: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let known = Set(Key.allCases.map(\.stringValue))
        let container = try container(keyedBy: AnyKey.self)
        for key in container.allKeys where !known.contains(key.stringValue) {
            let near = Suggestion.nearest(to: key.stringValue, in: known.sorted())
            let advice = near.map { "write \($0)" } ?? "leave it out"
            throw DecodingError.dataCorrupted(
                .init(codingPath: container.codingPath + [key], debugDescription: "unknown key; \(advice)"))
        }
        return try self.container(keyedBy: keys)
    }
}

extension KeyedDecodingContainer {
    /// The list at a key; empty when the key is absent.
    func list<Element: Decodable>(_ type: Element.Type, _ key: Key) throws -> [Element] {
        try decodeIfPresent([Element].self, forKey: key) ?? []
    }
}
