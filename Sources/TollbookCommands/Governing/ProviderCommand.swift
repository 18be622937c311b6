package import ArgumentParser

/// `tollbook provider`.
package struct ProviderCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Show what is known of providers.",
        subcommands: [ProviderPresetsCommand.self])

    package init() {}
}
