import Foundation
import Testing
import TollbookCommands
import TollbookCore
import TollbookPolicy

// Focus: schema/governance.schema.json says what the reader reads, no more and no less.
@Suite struct GovernanceSchemaTests {
    private let schema: JSONSchema

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        schema = try JSONSchema(Data(contentsOf: root.appendingPathComponent("schema/governance.schema.json")))
    }

    /// A document as a JSON tool sees it: plain whole numbers are numbers, everything else in quotes or not is text.
    private func instance(_ text: String) throws -> Any {
        Self.value(try YAMLText.parse(Array(text.utf8), file: "f"))
    }

    private static func value(_ node: YAMLNode) -> Any {
        switch node.content {
        case .scalar(let text, let isPlain):
            if isPlain, let number = Int(text) { return number }
            return text
        case .list(let nodes): return nodes.map(value)
        case .mapping(let entries):
            return Dictionary(entries.map { ($0.key.text, value($0.value)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    @Test(arguments: [Samples.design, DemoGovernance.yaml])
    func acceptsTheExamples(_ text: String) throws {
        let problems = schema.problems(try instance(text))
        #expect(problems == [])
    }

    @Test func hasTheKeysOfTheReader() {
        for (kind, keys) in GovernanceReader.keys {
            let name = kind == "file" ? nil : kind.replacingOccurrences(of: " ", with: "_")
            let properties = schema.definition(name)["properties"] as? [String: Any] ?? [:]
            #expect(properties.keys.sorted() == keys.sorted(), "\(kind)")
            for (key, value) in properties {
                let own = (value as? [String: Any])?["description"]
                let shared = ((value as? [String: Any])?["$ref"] as? String).map {
                    String($0.dropFirst("#/$defs/".count))
                }
                #expect(
                    own != nil || schema.definition(shared)["description"] != nil, "\(kind).\(key) has a description")
            }
        }
    }

    @Test func hasTheWordsOfTheVocabularies() throws {
        #expect(schema.definition("region")["enum"] as? [String] == Region.parents.keys.sorted())
        let prices = schema.definition("price")["properties"] as? [String: Any]
        let meters = (prices?["per_million"] as? [String: Any])?["properties"] as? [String: Any]
        #expect(meters?.keys.sorted() == Meter.allCases.map(\.name).sorted())
        let budget = schema.definition("budget")["properties"] as? [String: [String: Any]]
        let periods = budget?["period"]?["anyOf"] as? [[String: Any]]
        #expect(periods?.first?["enum"] as? [String] == BudgetPeriod.allCases.filter { $0 != .rolling }.map(\.name))
        #expect(budget?["enforcement"]?["enum"] as? [String] == Enforcement.allCases.map(\.name))
        let provider = schema.definition("provider")["properties"] as? [String: [String: Any]]
        #expect(provider?["dialect"]?["enum"] as? [String] == ProviderDialect.allCases.map(\.rawValue))
        #expect(provider?["preset"]?["enum"] as? [String] == ProviderPreset.all.map(\.name))
    }

    /// What the reader refuses by rules that a schema can say, the schema refuses too.
    @Test(arguments: BadDocument.all.filter(\.breaksSchema))
    func refusesWhatTheReaderRefuses(_ bad: BadDocument) throws {
        #expect(!schema.problems(try instance(bad.text)).isEmpty)
    }
}

extension BadDocument {
    /// Whether a schema can say it: not for YAML itself, for calendars, zones, and names that are told twice.
    var breaksSchema: Bool {
        let beyond = [
            "no YAML", "empty.", "written twice", "tag", "is no time zone", "a second", "the name is the one",
            "no date and no time", "is not after", "bad port", "2026-02-30", "is for an encrypted connection",
            "has no certificate", "a name of its own", "absolute path. Write for example command",
            "of the command looks like",
            "proxy_credential has no proxy", "needs none", "has no proxy",
        ]
        // What a preset settles stands in the table of presets, and not in the schema.
        return !beyond.contains(where: problem.contains) && !text.contains("preset: groq")
            && !text.contains("preset: azure") && !text.contains("ttl: 25h") && !problem.contains("has an api_version")
            && !problem.contains("has an aws_region") && !problem.contains("names no region")
    }
}
