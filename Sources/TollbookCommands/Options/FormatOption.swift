internal import ArgumentParser
internal import TollbookControl

/// `--format`, which every command that prints has.
struct FormatOption: ParsableArguments {
    @Option(help: "How to print: table, csv or json.")
    var format = OutputFormat.table

    /// The same for reports.
    var reportFormat: ReportFormat {
        switch format {
        case .table: .table
        case .csv: .csv
        case .json: .json
        }
    }
}

/// How a command prints.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, csv, json
}
