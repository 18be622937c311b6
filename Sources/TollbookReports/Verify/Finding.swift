/// One thing that is not as it should be.
package struct Finding: Sendable, Equatable {
    /// What was checked: `leaf`, `journal`, `charge`, `transfer`, `outcome`, `hold`, `derived`, `schema`, … (see
    /// `VerifyCheck`).
    package let check: VerifyCheck
    /// The table of the row.
    package let table: String
    /// The row's key, parts joined by `/`; request ids in text form. Empty: the table as a whole.
    package let key: String
    /// The journal index of the command that wrote the row; nil where none is known.
    package let logIndex: Int64?
    /// What is wrong, for a person; no personal data.
    package let message: String
}

/// What `verify` checks. The raw value is the word in its output.
package enum VerifyCheck: String, CaseIterable, Sendable {
    /// SQLite's own integrity check.
    case integrity
    /// Tables, columns, indexes, views and guards are those of the embedded migrations.
    case schema
    /// The vocabulary is the binary's.
    case vocabulary
    /// Indexes are dense; every row of the journal belongs to a command that wrote rows, and the other way round.
    case journal
    /// The rows that a command wrote hash to what its journal row says.
    case leaf
    /// Every row that another one points at is there.
    case reference
    /// A request, its decisions and its attempts fit together.
    case request
    /// Each request has one outcome or one open hold, and the outcome says what the charges say.
    case outcome
    /// A charge is quantity times a price that was in force.
    case charge
    /// Transfers balance, and each charge has its own.
    case transfer
    /// What is held for requests in flight.
    case hold
    /// Derived tables say what the truth says.
    case derived
}
