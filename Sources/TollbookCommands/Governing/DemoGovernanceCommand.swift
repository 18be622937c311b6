package import ArgumentParser

/// `tollbook demo-governance`.
package struct DemoGovernanceCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo-governance",
        abstract: "Print a governance file that works with the built-in simulated provider.")

    package init() {}

    package func run() {
        StandardOutput.write(DemoGovernance.yaml)
    }
}
