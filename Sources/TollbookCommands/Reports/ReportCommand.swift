package import ArgumentParser

/// `tollbook report NAME`.
package struct ReportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print a report.", subcommands: [SpendCommand.self, BudgetStatusCommand.self])

    package init() {}
}
