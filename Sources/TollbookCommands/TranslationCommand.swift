package import ArgumentParser
internal import TollbookGateway

/// `tollbook translation`: what becomes of each field between two dialects.
package struct TranslationCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "translation",
        abstract: "Print what becomes of each field of a request for a provider of another dialect, as Markdown.")

    package init() {}

    package func run() {
        StandardOutput.write(TranslationRules.document)
    }
}
