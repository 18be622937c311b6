package import ArgumentParser

/// The root command.
package struct TollbookCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tollbook",
        abstract: "An LLM gateway whose system of record is one SQLite file.",
        discussion: ExitStatus.help,
        version: BuildVersion.text,
        subcommands: [
            ServeCommand.self, ApplyCommand.self, KeyCommand.self, BudgetCommand.self, ProviderCommand.self,
            ReportCommand.self, ExplainCommand.self, EventsCommand.self, ExportCommand.self, VerifyCommand.self,
            QueryCommand.self, SimulateCommand.self, DemoGovernanceCommand.self, TranslationCommand.self,
            VersionCommand.self,
        ])

    package init() {}
}
