package import SQLite

/// One governed object as its version in force has it, or as a change would leave it.
package struct GovernedObject: Sendable, Equatable {
    package let id: Int64
    /// The kind's columns, in their order.
    package var values: [Value]
    /// The governance file's manager that owns it; nil when made by a command.
    package var managedBy: String?
    package var isClosed = false

    package init(id: Int64, values: [Value], managedBy: String?) {
        self.id = id
        self.values = values
        self.managedBy = managedBy
    }

    func value(_ column: String, of kind: GovernedKind) -> Value {
        values[kind.position(column)]
    }

    func name(of kind: GovernedKind) -> String {
        value("name", of: kind).text ?? ""
    }

    /// What no two open objects of the kind share.
    func identity(of kind: GovernedKind) -> [Value] {
        kind.parents.map { values[$0] } + [value("name", of: kind)]
    }
}

/// Every open object of every kind: first as the ledger holds them, then as the changes so far would leave them.
struct GovernedTables {
    private struct Table {
        var objects: [Int64: GovernedObject] = [:]
        /// Of the objects as they were read.
        var identities: [[Value]: Int64] = [:]
        var nextID: Int64 = 1
    }

    private var tables: [String: Table] = [:]

    /// Reads the open objects of the kinds.
    init(_ kinds: [GovernedKind], reading source: some GovernanceReading) throws {
        for kind in kinds { try read(kind, source, where: "closed = 0", []) }
    }

    /// Reads the open objects of a kind that have a name, instead of all of them.
    mutating func readNamed(_ name: String, _ kind: GovernedKind, reading source: some GovernanceReading) throws {
        try read(kind, source, where: "closed = 0 AND name = ?", [.text(name)])
    }

    private mutating func read(
        _ kind: GovernedKind, _ source: some GovernanceReading, where condition: String, _ arguments: [Value]
    ) throws {
        let columns = kind.columns.map(\.name).joined(separator: ", ")
        var table = Table()
        let rows = try source.rows(
            "SELECT id, managed_by, \(columns) FROM \(kind.table) WHERE \(condition) ORDER BY id", arguments)
        for row in rows {
            let object = GovernedObject(
                id: row[0].integer ?? 0, values: Array(row.dropFirst(2)), managedBy: row[1].text)
            table.objects[object.id] = object
            table.identities[object.identity(of: kind)] = object.id
        }
        let highest = try source.rows("SELECT max(id) FROM \(kind.table)", []).first?.first?.integer
        table.nextID = (highest ?? 0) + 1
        tables[kind.name] = table
    }

    /// The object that the ledger holds open under these parents and this name.
    func find(_ kind: GovernedKind, _ identity: [Value]) -> GovernedObject? {
        guard let table = tables[kind.name], let id = table.identities[identity] else { return nil }
        return table.objects[id]
    }

    /// The object with an id; one that a change closed is still found.
    func object(_ kind: GovernedKind, _ id: Int64) -> GovernedObject? {
        tables[kind.name]?.objects[id]
    }

    /// Open objects in ascending order of id.
    func open(_ kind: GovernedKind) -> [GovernedObject] {
        (tables[kind.name]?.objects.values.filter { !$0.isClosed } ?? []).sorted { $0.id < $1.id }
    }

    /// Makes an object with the next id of its kind.
    mutating func create(_ kind: GovernedKind, _ values: [Value], managedBy: String?) -> GovernedObject {
        let id = tables[kind.name]?.nextID ?? 1
        let object = GovernedObject(id: id, values: values, managedBy: managedBy)
        tables[kind.name]?.nextID += 1
        tables[kind.name]?.objects[id] = object
        return object
    }

    mutating func replace(_ kind: GovernedKind, _ object: GovernedObject) {
        tables[kind.name]?.objects[object.id] = object
    }
}
