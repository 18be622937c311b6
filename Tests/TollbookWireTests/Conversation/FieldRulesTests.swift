import Testing
import TollbookWire

/// The table of rules is whole: what it does not say would be dropped unseen.
struct FieldRulesTests {
    @Test func everyFieldHasANameSomewhere() {
        let nameless = FieldRules.table.filter(\.names.isEmpty).map(\.field)
        #expect(nameless.isEmpty)
        #expect(FieldRules.table.map(\.field) == ConversationField.allCases)
    }

    @Test func onlyDialectsOfProvidersAreTargets() {
        let targets = Set(FieldRules.table.flatMap(\.targets.keys))
        #expect(targets == Set(ConversationDialect.providers))
    }

    @Test func everyNameOfADialectHasARuleAtEveryOther() {
        for rules in FieldRules.table {
            for source in rules.names.keys {
                let others = ConversationDialect.providers.filter { $0 != source }
                #expect(others.allSatisfy { rules.targets[$0] != nil }, "\(rules.field) from \(source)")
            }
        }
    }

    @Test func everyRefusalSaysWhatToDo() {
        let rules = FieldRules.table.flatMap(\.targets.values)
        #expect(rules.allSatisfy { ($0.action == .refuse) == ($0.remedy != nil) && !$0.reason.isEmpty })
    }

    @Test func theTableHasALineForEachFieldOfTheSource() {
        let table = FieldRules.markdown(from: .openAIChat, to: .anthropicMessages)
        let fields = FieldRules.table.filter { $0.names[.openAIChat] != nil }
        let exceptions = fields.filter { $0.targets[.anthropicMessages]?.exception != nil }
        #expect(!exceptions.isEmpty && exceptions.count < fields.count)
        #expect(table.split(separator: "\n").count == fields.count + exceptions.count + 2)
        #expect(table.contains("| `temperature` | carry |") && table.contains("| `temperature` | drop |"))
        #expect(table.contains("| `messages[role=system\\|developer]` | convert |"))
        #expect(table.contains("| `n` | refuse | one call gives one answer |"))
    }
}
