package import TollbookCore

/// Codes of the ledger's errors.
extension TollbookError.Code {
    /// The data directory cannot be created or written.
    package static let directoryUnusable = Self(rawValue: "directory_unusable")
    /// Another process has the ledger open.
    package static let ledgerLocked = Self(rawValue: "ledger_locked")
    /// A file in DIR/secrets is damaged.
    package static let secretUnusable = Self(rawValue: "secret_unusable")
    /// The file is not a ledger, or of a schema that this binary does not know.
    package static let schemaUnknown = Self(rawValue: "schema_unknown")
    /// A pragma is not in force after it was set.
    package static let pragmaNotInForce = Self(rawValue: "pragma_not_in_force")
    /// The ledger cannot commit now.
    package static let ledgerUnavailable = Self(rawValue: "ledger_unavailable")
    /// Too many administrative commands wait.
    package static let overloaded = Self(rawValue: "overloaded")
    /// A settlement for a request that has an outcome already, or that was never opened.
    package static let requestNotOpen = Self(rawValue: "request_not_open")
}
