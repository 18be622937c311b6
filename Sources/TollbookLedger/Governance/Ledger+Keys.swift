internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension Ledger {
    /// Makes a virtual key. In force when this returns; its secret is in the result and nowhere else.
    ///
    /// - Throws: `no_such_object`, `name_taken`, `invalid_change`; what `administer` throws.
    package func createKey(_ request: NewKey, by author: ChangeAuthor) async throws -> CreatedKey {
        try author.validate()
        try request.validate()
        return try await administer(.governance, organizationID: nil) { transaction in
            try KeyCommands.create(request, transaction, by: author)
        }
    }

    /// Closes a virtual key; its calls are refused when this returns. A key that is closed already stays as it is.
    ///
    /// - Throws: `no_such_object`; what `administer` throws.
    package func revokeKey(_ reference: KeyReference, by author: ChangeAuthor) async throws -> RevokedKey {
        try author.validate()
        let revoked = try await administer(.governance, organizationID: nil) { transaction in
            try KeyCommands.revoke(reference, transaction, by: author)
        }
        guard !revoked.wasOpen else { return revoked }
        return RevokedKey(id: revoked.id, name: revoked.name, revision: snapshot.revision, wasOpen: false)
    }

    /// The virtual keys in ascending order of id, at most 100,000. Reads on a connection of its own; blocks.
    ///
    /// - Parameter project: only those of this project, by its path; nil: all.
    package func listKeys(project: String? = nil, includesClosed: Bool = false) throws -> [KeySummary] {
        let connection = try makeReader()
        return try connection.transaction(.deferred) {
            try KeyCommands.list(project: project, includesClosed: includesClosed, connection)
        }
    }
}

extension NewKey {
    /// - Throws: `invalid_change` with what to write instead.
    func validate() throws {
        try Self.check(name, "name", allowsSlash: false)
        try Self.check(user, "user", allowsSlash: true)
        if let expiresMicros, expiresMicros <= 0 {
            throw TollbookError(.invalidChange, "the key's expiry is not a time after 1970", hint: "Write a later one.")
        }
    }

    private static func check(_ text: String?, _ what: String, allowsSlash: Bool) throws {
        guard let text, let violation = ObjectName.violation(in: text, allowsSlash: allowsSlash) else { return }
        // A person's name is not repeated: errors are logged.
        let problem = what == "name" ? violation.problem : "the key's \(what) is no name that may be written"
        throw TollbookError(.invalidChange, problem, hint: violation.advice)
    }
}
