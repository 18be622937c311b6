internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Makes, closes and lists virtual keys.
enum KeyCommands {
    private static let directory: [GovernedKind] = [.organization, .team, .project, .application]

    static func create(
        _ request: NewKey, _ transaction: LedgerTransaction, by author: ChangeAuthor
    ) throws -> CreatedKey {
        var tables = try GovernedTables(directory, reading: transaction)
        let projectID = try found { () throws(RuleViolation) in try tables.resolveProject(request.project) }
        let applicationID = try application(request.application, of: projectID, tables)
        if let expires = request.expiresMicros, expires <= transaction.nowMicros {
            throw TollbookError(.invalidChange, "the key's expiry has passed", hint: "Write a later time, or none.")
        }
        let name = try freeName(request.name, projectID: projectID, transaction)
        let secret = KeySecret.make()
        let user = try request.user.map { try transaction.subjectID(kind: .user, value: $0) }
        try tables.readNamed(name, .key, reading: transaction)
        let key = tables.create(
            .key,
            [
                .integer(projectID), Value(applicationID), Value(user), .text(name), "hmac",
                .blob(transaction.secretHash(secret)), .text(KeySecret.hint(secret)), Value(request.expiresMicros),
            ], managedBy: nil)
        try write(key, .create, tables, transaction, by: author)
        return CreatedKey(
            id: key.id, name: name, project: tables.path(.project, id: projectID), application: request.application,
            secret: secret, hint: KeySecret.hint(secret), revision: transaction.logIndex)
    }

    static func revoke(
        _ reference: KeyReference, _ transaction: LedgerTransaction, by author: ChangeAuthor
    ) throws -> RevokedKey {
        var tables = try GovernedTables(directory, reading: transaction)
        let (id, name, isClosed) = try find(reference, &tables, transaction)
        if isClosed { return RevokedKey(id: id, name: name, revision: transaction.logIndex, wasOpen: false) }
        guard var key = tables.object(.key, id) else {
            throw TollbookError(.noSuchObject, "there is no key \(id)", hint: "See tollbook key list.")
        }
        key.isClosed = true
        try write(key, .close, tables, transaction, by: author)
        return RevokedKey(id: id, name: name, revision: transaction.logIndex, wasOpen: true)
    }

    private static func write(
        _ key: GovernedObject, _ action: GovernancePlan.Action, _ tables: GovernedTables,
        _ transaction: LedgerTransaction, by author: ChangeAuthor
    ) throws {
        var writer = try GovernanceWriter(transaction, author: author)
        try writer.write(.key, key)
        let told = action == .create ? tables.fields(.key, key) : []
        try writer.event(
            GovernedKind.key.name, action.event, id: key.id, name: tables.path(.key, key),
            told.map { .init(field: $0.field, from: nil, to: $0.text) })
    }

    private static func application(_ name: String?, of projectID: Int64, _ tables: GovernedTables) throws -> Int64? {
        guard let name else { return nil }
        if let application = tables.find(.application, [.integer(projectID), .text(name)]) { return application.id }
        let known = tables.open(.application).filter { $0.value("project_id", of: .application) == .integer(projectID) }
            .map { $0.name(of: .application) }
        throw TollbookError(
            .noSuchObject, "the project has no application \(Quoted.text(name))",
            hint: known.isEmpty
                ? "Leave it out, or add it to the governance file."
                : "Write \(Quoted.alternatives(Array(known.prefix(10)))), or leave it out.")
    }

    /// The name asked for, or the first of `key-1`, `key-2` … that no open key of the project has.
    private static func freeName(
        _ name: String?, projectID: Int64, _ transaction: LedgerTransaction
    ) throws -> String {
        func isTaken(_ name: String) throws -> Bool {
            let sql = "SELECT 1 FROM api_key WHERE project_id = ? AND name = ? AND closed = 0"
            return try !transaction.rows(sql, [.integer(projectID), .text(name)]).isEmpty
        }
        if let name {
            guard try isTaken(name) else { return name }
            throw TollbookError(
                .nameTaken, "a key of the project has the name \(Quoted.text(name))",
                hint: "Write another name, or revoke that key first.")
        }
        let sql = "SELECT count(*) FROM api_key WHERE project_id = ?"
        var number = (try transaction.rows(sql, [.integer(projectID)]).first?.first?.integer ?? 0) + 1
        while try isTaken("key-\(number)") { number += 1 }
        return "key-\(number)"
    }

    private static func find(
        _ reference: KeyReference, _ tables: inout GovernedTables, _ transaction: LedgerTransaction
    ) throws -> (id: Int64, name: String, isClosed: Bool) {
        switch reference {
        case .id(let id):
            let row = try transaction.rows("SELECT name, closed FROM api_key WHERE id = ?", [.integer(id)]).first
            guard let row, let name = row[0].text else {
                throw TollbookError(.noSuchObject, "there is no key \(id)", hint: "See tollbook key list.")
            }
            try tables.readNamed(name, .key, reading: transaction)
            return (id, name, row[1].integer == 1)
        case .path(let path):
            let names = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            let name = names.last ?? ""
            try tables.readNamed(name, .key, reading: transaction)
            let id = try found { [tables] () throws(RuleViolation) in
                try tables.resolve(ScopePath(kind: .key, names: names), prefix: "")
            }
            return (id, name, false)
        }
    }

    private static func found(_ body: () throws(RuleViolation) -> Int64) throws -> Int64 {
        do throws(RuleViolation) {
            return try body()
        } catch {
            throw TollbookError(.noSuchObject, error.problem, hint: error.advice)
        }
    }
}
