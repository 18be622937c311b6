package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookCore
internal import TollbookPolicy

/// `tollbook provider presets`. Asks no server: the table is part of the binary.
package struct ProviderPresetsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "presets", abstract: "List what `preset: NAME` stands for in a governance file.",
        discussion: ExitStatus.help)

    @OptionGroup var output: FormatOption

    package init() {}

    package func run() throws {
        guard output.format != .json else {
            let listed = ["presets": ProviderPreset.all.map(ListedPreset.init)]
            return StandardOutput.write(Array(try ControlJSON.encoder.encode(listed)) + [10])
        }
        let titles = ["preset", "dialect", "base_url", "credential", "endpoints", "changes", "note"]
        StandardOutput.write(RowText.text(titles, ProviderPreset.all.map(Self.cells), output.format))
    }

    private static func cells(_ preset: ProviderPreset) -> [String] {
        [
            preset.name, preset.dialect.rawValue, preset.baseURL ?? "", preset.needsCredential ? "needed" : "optional",
            preset.endpoints?.map(\.name).joined(separator: " ") ?? "all",
            changes(preset.fieldRules).joined(separator: "; "), preset.note ?? "",
        ]
    }

    private static func changes(_ rules: RequestFieldRules) -> [String] {
        (rules.takesStreamOptions ? [] : ["no stream_options"])
            + (rules.takesMaxCompletionTokens ? [] : ["max_completion_tokens as max_tokens"])
            + (rules.chat.isEmpty ? [] : ["translated chats: " + names(rules.chat).joined(separator: " ")])
    }

    fileprivate static func names(_ chat: Set<ChatDifference>) -> [String] {
        ChatDifference.allCases.filter(chat.contains).map(\.rawValue)
    }
}

/// A preset as JSON has it.
private struct ListedPreset: Encodable {
    let name: String
    let title: String
    let dialect: String
    let baseURL: String?
    let needsCredential: Bool
    /// nil: all of the dialect.
    let endpoints: [String]?
    let takesStreamOptions: Bool
    let takesMaxCompletionTokens: Bool
    /// Names of `ChatDifference`s.
    let translatedChat: [String]
    let note: String?
    let sources: [String]

    enum CodingKeys: String, CodingKey {
        case name, title, dialect, endpoints, note, sources
        case baseURL = "base_url"
        case needsCredential = "needs_credential"
        case takesStreamOptions = "takes_stream_options"
        case takesMaxCompletionTokens = "takes_max_completion_tokens"
        case translatedChat = "translated_chat"
    }

    init(_ preset: ProviderPreset) {
        name = preset.name
        title = preset.title
        dialect = preset.dialect.rawValue
        baseURL = preset.baseURL
        needsCredential = preset.needsCredential
        endpoints = preset.endpoints?.map(\.name)
        takesStreamOptions = preset.fieldRules.takesStreamOptions
        takesMaxCompletionTokens = preset.fieldRules.takesMaxCompletionTokens
        translatedChat = ProviderPresetsCommand.names(preset.fieldRules.chat)
        note = preset.note
        sources = preset.sources
    }
}
