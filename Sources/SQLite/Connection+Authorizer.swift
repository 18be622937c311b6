internal import CSQLite

extension Connection {
    /// Asks `authorize` about each action of every statement that is prepared from now on; nil allows everything.
    ///
    /// It runs on this connection's thread, inside `prepare`, and again inside `step()` after a schema change; it must
    /// not use the connection. Cached statements are prepared before or after: set it first.
    /// See https://www.sqlite.org/c3ref/set_authorizer.html
    package func setAuthorizer(
        _ authorize: ((AuthorizedAction) -> AuthorizerVerdict)?
    ) throws(SQLiteError) {
        let database = try database()
        callbacks.authorize = authorize
        guard authorize != nil else { return try check(sqlite3_set_authorizer(database, nil, nil)) }
        let code = sqlite3_set_authorizer(
            database,
            { pointer, code, first, second, schema, cause in
                guard let authorize = ConnectionCallbacks.from(pointer)?.authorize else { return SQLITE_DENY }
                let kind = AuthorizedAction.Kind(code: code, first: text(first), second: text(second))
                return authorize(AuthorizedAction(kind: kind, database: text(schema), cause: text(cause))).code
            }, callbacks.pointer)
        try check(code)
    }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    pointer.map { String(cString: $0) }
}

extension AuthorizerVerdict {
    fileprivate var code: Int32 {
        switch self {
        case .allow: SQLITE_OK
        case .deny: SQLITE_DENY
        case .ignore: SQLITE_IGNORE
        }
    }
}

extension AuthorizedAction.Kind {
    fileprivate init(code: Int32, first: String?, second: String?) {
        let name = first ?? ""
        switch code {
        case SQLITE_SELECT: self = .select
        case SQLITE_RECURSIVE: self = .recursive
        case SQLITE_READ: self = .read(table: name, column: second ?? "")
        case SQLITE_FUNCTION: self = .function(second ?? "")
        case SQLITE_INSERT: self = .insert(table: name)
        case SQLITE_UPDATE: self = .update(table: name, column: second ?? "")
        case SQLITE_DELETE: self = .delete(table: name)
        case SQLITE_TRANSACTION: self = .transaction(operation: name)
        case SQLITE_SAVEPOINT: self = .savepoint(operation: name, name: second ?? "")
        case SQLITE_PRAGMA: self = .pragma(name: name, argument: second)
        case SQLITE_ATTACH: self = .attach(file: first)
        case SQLITE_DETACH: self = .detach(database: name)
        case SQLITE_ALTER_TABLE: self = .alterTable(second ?? "")
        case SQLITE_REINDEX: self = .reindex(name)
        case SQLITE_ANALYZE: self = .analyze(name)
        default: self = Self.definition(code: code, name: name)
        }
    }

    private static func definition(code: Int32, name: String) -> Self {
        switch code {
        case SQLITE_CREATE_INDEX, SQLITE_CREATE_TABLE, SQLITE_CREATE_TRIGGER, SQLITE_CREATE_VIEW,
            SQLITE_CREATE_VTABLE:
            .create(name: name, isTemporary: false)
        case SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_TRIGGER,
            SQLITE_CREATE_TEMP_VIEW:
            .create(name: name, isTemporary: true)
        case SQLITE_DROP_INDEX, SQLITE_DROP_TABLE, SQLITE_DROP_TRIGGER, SQLITE_DROP_VIEW, SQLITE_DROP_VTABLE:
            .drop(name: name, isTemporary: false)
        case SQLITE_DROP_TEMP_INDEX, SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_TEMP_VIEW:
            .drop(name: name, isTemporary: true)
        default: .other(code)
        }
    }
}
