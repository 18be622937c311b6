package import ArgumentParser

/// `tollbook version`.
package struct VersionCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of this binary.")

    @OptionGroup var output: FormatOption

    package init() {}

    package func run() {
        switch output.format {
        case .json: StandardOutput.write("{\"version\":\"\(BuildVersion.text)\"}\n")
        case .table, .csv: StandardOutput.write("tollbook \(BuildVersion.text)\n")
        }
    }
}
