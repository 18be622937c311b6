package import SQLite

/// What pseudonyms stand for, read on first need.
///
/// The values live in an erasable table: they are as of now, and an erased person prints as `erased`.
package struct SubjectNames {
    /// What stands for a person whose name was erased.
    package static let erased = "erased"

    private let connection: Connection
    private var known: [Int64: String] = [:]
    /// The pseudonyms asked for whose values are erased; at most as many as are remembered.
    package private(set) var erasedSubjects: Set<Int64> = []

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
        if found == nil, erasedSubjects.count < Self.capacity { erasedSubjects.insert(subjectID) }
        if known.count == Self.capacity { known.removeAll(keepingCapacity: true) }
        known[subjectID] = found ?? Self.erased
        return found ?? Self.erased
    }
}
