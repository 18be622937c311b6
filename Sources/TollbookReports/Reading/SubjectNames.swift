package import SQLite

/// What pseudonyms stand for, read on first need.
///
/// The values live in an erasable table: they are as of now, and an erased person prints as `erased`.
package struct SubjectNames {
    /// What stands for a person whose name was erased.
    package static let erased = "erased"

    private let connection: Connection
    private var known: [Int64: String] = [:]
    /// How many of the pseudonyms asked for are erased.
    package private(set) var erasedCount = 0

    /// Pseudonyms remembered; full: forgotten and read again.
    private static let capacity = 100_000

    package init(connection: Connection) {
        self.connection = connection
    }

    /// The name, address or end user; nil for nil.
    package mutating func value(_ subjectID: Int64?) throws -> String? {
        guard let subjectID else { return nil }
        if let value = known[subjectID] { return value }
        let statement = try connection.cached(NameQueries.subject)
        try statement.bind(subjectID, at: 1)
        let found = try statement.first { $0.optionalString(at: 0) } ?? nil
        if found == nil { erasedCount += 1 }
        if known.count == Self.capacity { known.removeAll(keepingCapacity: true) }
        known[subjectID] = found ?? Self.erased
        return found ?? Self.erased
    }
}
