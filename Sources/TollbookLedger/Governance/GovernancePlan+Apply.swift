internal import SQLite
internal import TollbookCore

extension GovernancePlan {
    /// Writes all versions, the tables of versions in force, and an event for each object.
    func apply(_ transaction: LedgerTransaction, by author: ChangeAuthor) throws {
        var writer = try GovernanceWriter(transaction, author: author)
        try freeNames(transaction)
        for change in changes {
            try writer.write(change.kind, change.object)
            try writer.event(
                change.kind.name, change.action.event, id: change.object.id, name: path(change), fields(change))
        }
        for price in prices {
            let id = try writer.write(price, managedBy: manager)
            try writer.event("price", Action.create.event, id: id, name: path(price), fields(price))
        }
    }

    /// Names of open objects are unique at every moment: what is closed or renamed gives its name up first.
    private func freeNames(_ transaction: LedgerTransaction) throws {
        for change in changes {
            guard let before = change.before,
                change.action == .close || before.identity(of: change.kind) != change.object.identity(of: change.kind)
            else { continue }
            try transaction.execute(
                "UPDATE \(change.kind.table) SET closed = 1 WHERE id = ?", [.integer(change.object.id)])
        }
    }
}

extension GovernancePlan.Action {
    /// The verb of the event's action.
    var event: String {
        switch self {
        case .create: "created"
        case .update: "updated"
        case .close: "closed"
        }
    }
}

/// Writes governed objects and their events in one command.
struct GovernanceWriter {
    private let transaction: LedgerTransaction
    private let author: ChangeAuthor
    private let addressID: Value
    private var eventCount: Int64 = 0

    init(_ transaction: LedgerTransaction, author: ChangeAuthor) throws {
        self.transaction = transaction
        self.author = author
        addressID =
            try author.address.map {
                .integer(try transaction.subjectID(kind: .address, value: $0))
            } ?? .null
    }

    /// A new version of an object, and the object as it is in force.
    func write(_ kind: GovernedKind, _ object: GovernedObject) throws {
        let inForce: [Value] =
            [.integer(object.id), .integer(transaction.logIndex)] + object.values
            + [Value(object.managedBy), .integer(object.isClosed ? 1 : 0)]
        try transaction.insert(
            kind.versions,
            inForce + [.integer(author.actorID), Value(author.changeReference), Value(author.reason)])
        let columns = ["id", "log_index"] + kind.columns.map(\.name) + ["managed_by", "closed"]
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let updates = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try transaction.execute(
            """
            INSERT INTO \(kind.table) (\(columns.joined(separator: ", ")))
            VALUES (\(marks))
            ON CONFLICT (id) DO UPDATE SET \(updates)
            """, inForce)
    }

    /// A new row of the price book.
    func write(_ price: GovernancePlan.Price, managedBy manager: String) throws -> Int64 {
        let id = try transaction.nextID(.price)
        try transaction.insert(
            .price,
            [
                .integer(id), .integer(transaction.logIndex), .integer(price.providerID), .text(price.model),
                .integer(price.meter), .integer(price.picoPerUnit), .text(price.currency),
                .integer(price.fromMicros), Value(price.toMicros), Value(price.source), .text(manager),
                .integer(author.actorID), Value(author.changeReference),
            ])
        return id
    }

    /// The audit event of one object's change.
    mutating func event(
        _ kind: String, _ verb: String, id: Int64, name: String, _ fields: [GovernanceReceipt.Field]
    ) throws {
        let changes = fields.map { field in
            let values = [("from", field.from), ("to", field.to)].compactMap { key, value in
                value.map { (key: key, value: JSONText.string($0)) }
            }
            return (key: field.field, value: JSONText.object(values))
        }
        let detail =
            [(key: "name", value: JSONText.string(name))]
            + (changes.isEmpty ? [] : [(key: "fields", value: JSONText.object(changes))])
        try transaction.insert(
            .event,
            [
                .integer(transaction.logIndex), .integer(eventCount), .integer(transaction.nowMicros),
                .integer(author.actorID), .text("\(kind).\(verb)"), .text(kind), .integer(id), "success",
                .text(JSONText.object(detail)), addressID,
            ])
        eventCount += 1
    }
}
