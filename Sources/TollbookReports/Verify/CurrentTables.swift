internal import SQLite

/// Compares each governed kind's table of the version in force with its versions.
struct CurrentTables {
    let layout: LeafLayout
    let connection: Connection
    let log: FindingLog

    /// What a version has and the version in force has not.
    private static let onlyInVersions: Set<String> = ["actor_id", "change_reference", "reason"]

    func compare() throws {
        for versions in layout.tables where versions.name.hasSuffix("_version") {
            try compare(versions)
        }
    }

    private func compare(_ versions: LeafLayout.Table) throws {
        let name = String(versions.name.dropLast("_version".count))
        let columns = versions.columns.filter { !Self.onlyInVersions.contains($0) }.joined(separator: ", ")
        let current = try connection.prepare("SELECT \(columns) FROM \(name) ORDER BY id")
        let version = try connection.prepare("SELECT \(columns) FROM \(versions.name) ORDER BY id, log_index")
        var newest = try version.step() ? version.values : nil
        var found = try current.step() ? current.values : nil
        while !log.isFull, newest != nil || found != nil {
            // The last version of an id is the one in force.
            while let row = newest, try version.step() {
                let next = version.values
                guard next[0] == row[0] else {
                    found = try compare(row, found, name, current)
                    newest = next
                    continue
                }
                newest = next
            }
            if let row = newest { found = try compare(row, found, name, current) }
            newest = nil
            guard let row = found else { continue }
            report(row, name, "no version of it was ever written")
            found = try current.step() ? current.values : nil
        }
    }

    /// - Returns: the next current row that is not yet compared.
    private func compare(
        _ version: [Value], _ current: [Value]?, _ name: String, _ rows: Statement
    ) throws -> [Value]? {
        var found = current
        while let row = found, let id = row[0].integer, let wanted = version[0].integer, id < wanted {
            report(row, name, "no version of it was ever written")
            found = try rows.step() ? rows.values : nil
        }
        guard let row = found, row[0] == version[0] else {
            report(version, name, "its versions are there and it is missing")
            return found
        }
        if row != version { report(row, name, "it is not its newest version") }
        return try rows.step() ? rows.values : nil
    }

    private func report(_ row: [Value], _ name: String, _ message: String) {
        log.add(.derived, name, row[0].integer.map(String.init) ?? "", at: row[1].integer, message)
    }
}
