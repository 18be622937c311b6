/// What a project may have besides its regions and routes; names as in governance files and the ledger.
package enum ProjectSetting: String, CaseIterable, Sendable {
    /// What its calls count when the process is full; a whole number, see `AdmissionShare`.
    case weight
    /// How urgent its calls are; `AdmissionShare.Priority`.
    case priority
}

extension AdmissionShare {
    /// The share that a project's settings make; what is not set, or is none that this version knows, is the default.
    package init(_ settings: [ProjectSetting: String]) {
        self.init(
            weight: settings[.weight].flatMap { Int($0) } ?? 1,
            priority: settings[.priority].flatMap { Priority(rawValue: $0) } ?? .standard)
    }
}
