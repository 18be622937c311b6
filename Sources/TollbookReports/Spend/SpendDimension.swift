internal import TollbookCore

/// What a spend report is divided by. The raw value is the word in commands, JSON and CSV.
package enum SpendDimension: String, CaseIterable, Sendable {
    case organization
    case team
    case project
    case application
    case user
    case key
    /// The model's name at the provider.
    case model
    case provider
    /// The public model name that was asked for.
    case route
    /// Calendar days in the report's time zone.
    case day
    /// Calendar months in the report's time zone.
    case month

    /// Parses the words of `--by`, each at most once.
    ///
    /// - Throws: `dimension_invalid`.
    package static func parse(_ words: [String]) throws -> [SpendDimension] {
        var dimensions: [SpendDimension] = []
        for word in words {
            guard let dimension = SpendDimension(rawValue: word) else {
                throw TollbookError(
                    .dimensionInvalid, "there is no dimension '\(TextTable.printable(String(word.prefix(64))))'",
                    hint: "Choose from " + allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            guard !dimensions.contains(dimension) else {
                throw TollbookError(.dimensionInvalid, "dimension '\(word)' is named twice", hint: "Name it once.")
            }
            dimensions.append(dimension)
        }
        return dimensions
    }

    /// Whether it follows from a deployment.
    var isOfDeployment: Bool { self == .model || self == .provider }

    /// Whether it is a stretch of time.
    var isOfTime: Bool { self == .day || self == .month }
}
