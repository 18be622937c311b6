package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookCore

/// `tollbook report budget_status`.
package struct BudgetStatusCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "budget_status",
        abstract: "What every budget's running period has spent, holds, has left, and is heading for.",
        discussion: ExitStatus.help)

    @OptionGroup var output: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let bytes = try await reading.read { connection in
            let list = try BudgetStandings.read(connection, nowMicros: SystemClock().nowMicros())
            return Array(try ControlJSON.encoder.encode(list))
        } server: { client in
            try await client.get("/api/v1/budgets")
        }
        guard output.format != .json else { return StandardOutput.write(bytes + [10]) }
        let list = try ControlJSON.decoder.decode(BudgetList.self, from: Data(bytes))
        StandardOutput.write(BudgetText.table(list, output.format))
    }
}
