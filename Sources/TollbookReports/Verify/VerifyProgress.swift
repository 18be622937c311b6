/// How far a verification has come.
package struct VerifyProgress: Sendable {
    /// What is done now.
    package enum Stage: String, Sendable {
        case schema
        case journal
        case requests
        case derived
        /// SQLite's own check, which tells nothing in between.
        case integrity
    }

    package let stage: Stage
    /// Journal rows or requests so far.
    package let done: Int64

    /// Rows between two reports.
    static let interval: Int64 = 65_536
}
