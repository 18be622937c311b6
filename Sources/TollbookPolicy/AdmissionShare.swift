/// How much a project's calls count against those of other projects while the process is full.
package struct AdmissionShare: Sendable, Equatable {
    /// How urgent a project's calls are. Raw values are those of governance files and the ledger.
    ///
    /// A class is a factor of the weight and no strict precedence: a lower class gets less and is never passed over for
    /// good.
    package enum Priority: String, CaseIterable, Sendable {
        /// Somebody waits for the answer.
        case interactive
        /// Where nothing is said.
        case standard
        /// Nobody waits for it.
        case batch

        /// What the weight is multiplied with.
        package var factor: Int {
            switch self {
            case .interactive: 16
            case .standard: 4
            case .batch: 1
            }
        }
    }

    /// The weights that a governance file may give.
    package static let weights = 1...100

    package let weight: Int
    package let priority: Priority

    /// - Parameter weight: clamped to `weights`.
    package init(weight: Int = 1, priority: Priority = .standard) {
        self.weight = min(max(weight, Self.weights.lowerBound), Self.weights.upperBound)
        self.priority = priority
    }

    /// Weight times the class's factor; from 1 to 1,600.
    package var units: Int { weight * priority.factor }
}
