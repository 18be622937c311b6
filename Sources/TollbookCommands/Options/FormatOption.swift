internal import ArgumentParser

/// `--format`, which every command that prints has.
struct FormatOption: ParsableArguments {
    @Option(help: "How to print: table, csv or json.")
    var format = OutputFormat.table
}

/// How a command prints.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, csv, json
}
