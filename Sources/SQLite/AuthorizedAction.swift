/// What a statement asks leave to do while it is prepared.
///
/// `database` is the schema name (`main`, `temp` or an attached one) where SQLite gives one; `cause` is the innermost
/// view or trigger that needs it, nil if the statement itself does.
/// See https://www.sqlite.org/c3ref/set_authorizer.html
package struct AuthorizedAction: Hashable, Sendable {
    /// The kind of action with its object. See https://www.sqlite.org/c3ref/c_alter_table.html
    package enum Kind: Hashable, Sendable {
        case select
        case recursive
        case read(table: String, column: String)
        case function(String)
        case insert(table: String)
        case update(table: String, column: String)
        case delete(table: String)
        /// `BEGIN`, `COMMIT` or `ROLLBACK`.
        case transaction(operation: String)
        /// `BEGIN`, `RELEASE` or `ROLLBACK`, and the savepoint's name.
        case savepoint(operation: String, name: String)
        case pragma(name: String, argument: String?)
        case attach(file: String?)
        case detach(database: String)
        /// CREATE of a table, index, view, trigger or virtual table; the name of the object.
        case create(name: String, isTemporary: Bool)
        /// DROP of a table, index, view, trigger or virtual table; the name of the object.
        case drop(name: String, isTemporary: Bool)
        case alterTable(String)
        case reindex(String)
        case analyze(String)
        /// A code that a later SQLite adds.
        case other(Int32)
    }

    package let kind: Kind
    package let database: String?
    package let cause: String?

    package init(kind: Kind, database: String? = nil, cause: String? = nil) {
        self.kind = kind
        self.database = database
        self.cause = cause
    }
}

/// An authorizer's answer.
package enum AuthorizerVerdict: Sendable {
    case allow
    /// The statement is refused with `.authorization`; a function, or a pragma read as a table, with `.error`.
    case deny
    /// A column reads as NULL, a function or a change does nothing; the statement goes on.
    case ignore
}

extension AuthorizedAction {
    /// Allows what reads rows, and transactions around it; denies every change, PRAGMA, ATTACH, and functions that
    /// reach outside the database.
    ///
    /// For connections that run other people's queries. A temporary table is a change too: it takes disk.
    package var readerVerdict: AuthorizerVerdict {
        switch kind {
        case .select, .recursive, .read, .transaction, .savepoint: .allow
        case .function(let name): Self.outsideFunctions.contains(name.lowercased()) ? .deny : .allow
        default: .deny
        }
    }

    /// `load_extension` runs code from a file; `fts3_tokenizer` takes the address of code.
    private static let outsideFunctions: Set<String> = ["load_extension", "fts3_tokenizer"]
}
