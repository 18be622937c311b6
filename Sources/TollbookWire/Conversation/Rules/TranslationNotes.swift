/// What a translation left out or changed, and whether it must be refused.
package struct TranslationNotes: Sendable {
    /// Fields left out, named as the caller wrote them.
    package private(set) var dropped = FieldNames()
    /// Fields brought to the nearest that the target can do.
    package private(set) var adjusted = FieldNames()
    /// Why the request cannot be translated; the first reason met.
    private(set) var refusal: TranslationRefusal?

    let source: ConversationDialect
    let target: ConversationDialect

    init(from source: ConversationDialect, to target: ConversationDialect) {
        self.source = source
        self.target = target
    }

    /// Applies the field's rule and says whether the field is to be written.
    ///
    /// Call it only when the request has the field.
    @discardableResult
    mutating func allows(_ field: ConversationField) -> Bool {
        let rule = FieldRules.rule(field, at: target)
        switch rule.action {
        case .carry, .convert: return true
        case .adjust:
            adjusted.insert(FieldRules.name(field, in: source))
            return true
        case .drop:
            dropped.insert(FieldRules.name(field, in: source))
            return false
        case .refuse:
            if refusal == nil {
                refusal = TranslationRefusal(
                    field: FieldRules.name(field, in: source), rule: field, source: source, target: target)
            }
            return false
        }
    }

    /// Names a field as left out, although its rule would let it pass, because the value cannot be served, or not by
    /// this model: the rule's `exception`.
    mutating func leaveOut(_ field: ConversationField) {
        dropped.insert(FieldRules.name(field, in: source))
    }

    /// Names a field as changed, although its rule would let it pass, because the value cannot be served as it is.
    mutating func adjust(_ field: ConversationField) {
        adjusted.insert(FieldRules.name(field, in: source))
    }

    mutating func dropUnknown(_ names: FieldNames) {
        dropped.formUnion(names)
    }

    /// Names what was left out beside the body, such as a header.
    package mutating func leaveOut(named name: String) {
        dropped.insert(name)
    }
}

/// A request that cannot be put into the target's dialect without changing what it means.
package struct TranslationRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field, named as the caller wrote it.
    package let field: String
    /// The rule that refuses it.
    package let rule: ConversationField
    package let source: ConversationDialect
    package let target: ConversationDialect
    /// Of a field that has no rule in the table of conversations.
    private let ownReason: String?
    private let ownRemedy: String?

    init(
        field: String, rule: ConversationField, source: ConversationDialect, target: ConversationDialect
    ) {
        self.field = field
        self.rule = rule
        self.source = source
        self.target = target
        ownReason = nil
        ownRemedy = nil
    }

    /// A refusal by a rule of another table.
    init(
        field: String, reason: String, remedy: String?, from source: ConversationDialect, to target: ConversationDialect
    ) {
        self.field = field
        rule = .model
        self.source = source
        self.target = target
        ownReason = reason
        ownRemedy = remedy ?? ""
    }

    /// One sentence for the caller, from the table alone.
    package var message: String {
        "the field \(field) cannot be served by this model: \(ownReason ?? FieldRules.rule(rule, at: target).reason)"
    }

    /// What the caller can do.
    package var hint: String { ownRemedy ?? FieldRules.rule(rule, at: target).remedy ?? "" }

    package var description: String { "untranslatable_field: \(message). \(hint)" }
}

/// Why a body could not be translated.
package enum TranslationError: Error, Equatable, Sendable {
    /// The body cannot be read: 400.
    case unreadable(WireError)
    /// The body is fine, but the target cannot serve it: 422.
    case refused(TranslationRefusal)
}
