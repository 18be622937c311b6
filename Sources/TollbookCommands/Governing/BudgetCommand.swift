package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookLedger

/// `tollbook budget`.
package struct BudgetCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Show budgets, and raise one for a while.",
        subcommands: [BudgetListCommand.self, BudgetShowCommand.self, BudgetRaiseCommand.self])

    package init() {}
}

/// `tollbook budget list`.
package struct BudgetListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Limit, spent, held, left and forecast of every budget's running period.",
        discussion: ExitStatus.help)

    @OptionGroup var output: FormatOption
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let bytes = try await connection.withClient { try await $0.get("/api/v1/budgets") }
        guard output.format != .json else { return StandardOutput.write(bytes + [10]) }
        let list = try ControlJSON.decoder.decode(BudgetList.self, from: Data(bytes))
        StandardOutput.write(BudgetText.table(list, output.format))
    }
}

/// `tollbook budget show`.
package struct BudgetShowCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One budget: its running period, its raises, who spent it, and periods before.",
        discussion: ExitStatus.help)

    @Argument(help: "The budget's name or id.")
    var budget: String
    @Option(help: "table or json.")
    var format = OutputFormat.table
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let bytes = try await connection.withClient { try await $0.get("/api/v1/budgets", component: budget) }
        guard format != .json else { return StandardOutput.write(bytes + [10]) }
        let detail = try ControlJSON.decoder.decode(BudgetDetail.self, from: Data(bytes))
        StandardOutput.write(BudgetText.page(detail, format))
    }
}

/// `tollbook budget raise`.
package struct BudgetRaiseCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "raise", abstract: "Raise a budget's limit for a while; in force when this returns.",
        discussion: ExitStatus.help)

    @Argument(help: "The budget's name or id.")
    var budget: String
    @Option(help: "What is added, in the budget's unit: \"10.00 USD\", \"1000000 tokens\", \"500 requests\".")
    var by: String
    @Option(help: "Until before this time: 2027-01-31 or 2027-01-31T12:00:00Z.")
    var until: String
    @Option(help: "From this time on; default: now.")
    var from: String?
    @Option(help: "Why; no place for personal data.")
    var reason: String
    @Option(help: "Your reference for the change, for example a ticket.")
    var changeRef: String?
    @Option(help: "table or json.")
    var format = OutputFormat.table
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let request = RaiseRequest(
            amount: by, from: from, until: until, reason: reason, changeReference: changeRef)
        let bytes = try await connection.withClient {
            try await $0.post("/api/v1/budgets", component: budget, then: "raises", request)
        }
        guard format != .json else { return StandardOutput.write(bytes + [10]) }
        let raised = try ControlJSON.decoder.decode(RaisedBudget.self, from: Data(bytes))
        StandardOutput.write(
            "budget `\(raised.budget)` raised by \(raised.amount) from \(raised.from) until \(raised.to), revision "
                + "\(raised.revision)\n")
    }
}
