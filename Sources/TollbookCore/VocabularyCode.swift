/// An enumeration whose raw values are stored in the ledger as small integers.
///
/// The `vocabulary` table carries the same codes and names; a test compares the two. Codes are never
/// reused or renamed.
package protocol VocabularyCode: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == Int {
    /// The `vocabulary.domain` of the codes.
    static var domain: String { get }
    /// The word used in JSON, CSV and governance files.
    var name: String { get }
}

extension VocabularyCode {
    /// The case's name in snake case, which is the word of most vocabularies.
    package var name: String {
        var text = ""
        for character in String(describing: self) {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }

    package init?(name: some StringProtocol) {
        guard let value = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = value
    }
}

extension Meter: VocabularyCode {
    package static let domain = "meter"
}

extension UsageSource: VocabularyCode {
    package static let domain = "usage_source"
}
