/// What becomes of a field at a target dialect, and why.
package struct FieldRule: Sendable {
    /// What is done with the field.
    package enum Action: String, Sendable {
        /// It goes across as it is.
        case carry
        /// It goes across in the target's form.
        case convert
        /// It is changed into the nearest that the target can do, and named to the caller.
        case adjust
        /// It is left out, and named to the caller.
        case drop
        /// The request is refused: without the field it would mean something else.
        case refuse
    }

    package let action: Action
    /// How it is converted, or why the target cannot do it.
    package let reason: String
    /// What the caller can do about a refusal.
    package let remedy: String?
    /// When it is left out all the same, and named to the caller: a value, or models, that it cannot be sent for.
    package private(set) var exception: String?

    /// It means the same in both.
    static let carry = FieldRule(action: .carry, reason: "the same in both", remedy: nil)

    /// It goes across in another form.
    static func convert(_ how: String) -> FieldRule { FieldRule(action: .convert, reason: how, remedy: nil) }

    /// It is brought as near as the target allows.
    static func adjust(_ how: String) -> FieldRule { FieldRule(action: .adjust, reason: how, remedy: nil) }

    /// It is left out.
    static func drop(_ reason: String) -> FieldRule { FieldRule(action: .drop, reason: reason, remedy: nil) }

    /// The same rule, but left out for some values or models.
    func except(_ when: String) -> FieldRule {
        var rule = self
        rule.exception = when
        return rule
    }

    /// The request is refused.
    static func refuse(_ reason: String, _ remedy: String) -> FieldRule {
        FieldRule(action: .refuse, reason: reason, remedy: remedy)
    }
}

/// The rules of one field: what each dialect calls it, and what happens to it at each target.
package struct FieldRules: Sendable {
    package let field: ConversationField
    /// The field's name in each dialect that can say it.
    package let names: [ConversationDialect: String]
    /// The rule at a target, for every dialect that another one's name can reach.
    package let targets: [ConversationDialect: FieldRule]

    private init(_ field: ConversationField) {
        self.field = field
        let dialects = ConversationDialect.allCases.map { ($0, $0.rules) }
        names = Dictionary(
            uniqueKeysWithValues: dialects.compactMap { dialect, rules in rules.names[field].map { (dialect, $0) } })
        targets = Dictionary(
            uniqueKeysWithValues: dialects.compactMap { dialect, rules in rules.rules[field].map { (dialect, $0) } })
    }

    /// Every rule, in the fields' order. The documented tables are made from this one.
    package static let table: [FieldRules] = ConversationField.allCases.map { FieldRules($0) }

    /// The rule for a field at a target. A field without one is dropped: never carried unseen.
    package static func rule(_ field: ConversationField, at target: ConversationDialect) -> FieldRule {
        target.rules.rules[field] ?? .drop("no rule for it")
    }

    /// What a dialect calls a field.
    package static func name(_ field: ConversationField, in source: ConversationDialect) -> String {
        source.rules.names[field] ?? field.rawValue
    }

    /// The rules from one dialect to another as a Markdown table, in the order of `table`.
    package static func markdown(from source: ConversationDialect, to target: ConversationDialect) -> String {
        var text = "| field | rule | how or why | what to do |\n|---|---|---|---|\n"
        for rules in table {
            guard let name = rules.names[source], let rule = rules.targets[target] else { continue }
            // A bar inside a cell would end it.
            let cell = name.split(separator: "|").joined(separator: "\\|")
            var lines = ["| `\(cell)` | \(rule.action.rawValue) | \(rule.reason) | \(rule.remedy ?? "") |\n"]
            if let exception = rule.exception { lines.append("| `\(cell)` | drop | \(exception) | |\n") }
            // A case that has a rule of its own at another target only is nothing to tell twice.
            for line in lines where !text.contains(line) { text += line }
        }
        return text
    }

    /// All tables, with what the rules mean; `schema/TRANSLATION.md` is this text.
    package static var document: String {
        var text = """
            # Fields between dialects

            What becomes of each field of a request that goes to a provider of another dialect. Made by
            `tollbook translation`; each rule is applied and named by the gateway itself.

            | rule | meaning |
            |---|---|
            | carry | it goes across as it is |
            | convert | it goes across in the target's form |
            | adjust | it is brought to the nearest that the target can do; named in `x-tollbook-adjusted-fields` |
            | drop | it is left out; named in `x-tollbook-dropped-fields` |
            | refuse | the target is not asked; if no other can be, 422 `unservable` names the field |

            What is adjusted, dropped or refused stands in the decision's `detail` too. A member that no table has,
            however deep, is dropped and named by its path, unless its value asks for nothing (null, empty, or `false`
            in Anthropic's, Gemini's and OpenAI's responses dialect). The headers `anthropic-beta` and `openai-beta` go
            to no provider of another dialect and are named too. Of more than 32 names the first are given, and
            `and more`.

            """
        for source in ConversationDialect.callers {
            for target in ConversationDialect.providers where target != source {
                text += "\n## From \(source.rawValue) to \(target.rawValue)\n\n"
                text += markdown(from: source, to: target)
            }
        }
        return text + EmbeddingRules.markdown + AnswerRules.document
    }
}
