internal import TollbookWire

/// What becomes of each field of a request for a provider of another dialect.
package enum TranslationRules {
    /// Tables in Markdown, one for each pair of dialects.
    package static var document: String { FieldRules.document }
}
