package import ArgumentParser
internal import Foundation
internal import TollbookControl

/// `tollbook budget`.
package struct BudgetCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Show budgets.", subcommands: [BudgetListCommand.self])

    package init() {}
}

/// `tollbook budget list`.
package struct BudgetListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Limit, spent, held and left of every budget's running period.",
        discussion: ExitStatus.help)

    @OptionGroup var output: FormatOption
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let bytes = try await connection.withClient { try await $0.get("/api/v1/budgets") }
        guard output.format != .json else { return StandardOutput.write(bytes + [10]) }
        let budgets = try ControlJSON.decoder.decode(BudgetList.self, from: Data(bytes)).budgets
        let titles = [
            "scope", "name", "period", "ends", "enforcement", "limit", "spent", "held", "left", "currency",
        ]
        StandardOutput.write(
            RowText.text(
                titles, budgets.map(Self.cells), output.format, numbers: ["limit", "spent", "held", "left"]))
    }

    private static func cells(_ budget: BudgetStanding) -> [String] {
        [
            budget.scope, budget.name, budget.period, budget.periodEnd ?? "never", budget.enforcement, budget.limit,
            budget.spent, budget.held, budget.left, budget.currency,
        ]
    }
}
