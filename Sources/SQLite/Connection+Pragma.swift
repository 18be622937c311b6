/// Pragmas. Each is documented at https://www.sqlite.org/pragma.html under its name.
///
/// A pragma takes no bound parameters, so names and words are literals of the program: nothing from outside reaches
/// the SQL text.
extension Connection {
    /// What a pragma is set to.
    package enum PragmaValue: Sendable, ExpressibleByIntegerLiteral {
        case integer(Int64)
        case word(StaticString)

        package init(integerLiteral value: Int64) { self = .integer(value) }
    }

    /// Reads a pragma: its first row's first column, `.null` if it gives no row, as unknown pragmas do.
    package func pragma(_ name: StaticString) throws(SQLiteError) -> Value {
        try query("PRAGMA \(name)").first?.first ?? .null
    }

    /// Reads a pragma that is a number.
    ///
    /// - Throws: `.mismatch` if it gives no row or no number.
    package func pragmaInteger(_ name: StaticString) throws(SQLiteError) -> Int64 {
        guard let integer = try pragma(name).integer else {
            throw SQLiteError(code: .mismatch, message: "pragma \(name) gives no integer")
        }
        return integer
    }

    /// Reads a pragma that is a text.
    ///
    /// - Throws: `.mismatch` if it gives no row or no text.
    package func pragmaText(_ name: StaticString) throws(SQLiteError) -> String {
        guard let text = try pragma(name).text else {
            throw SQLiteError(code: .mismatch, message: "pragma \(name) gives no text")
        }
        return text
    }

    /// Sets a pragma, reads it back, and throws if something else is in force.
    ///
    /// Give the form that reads back: `2`, not `FULL`, for `synchronous`. SQLite accepts a pragma that it does not
    /// know, or one that cannot change now (`foreign_keys` in a transaction), without a word; hence the reading back.
    ///
    /// - Throws: `.mismatch` naming both values.
    package func setPragma(_ name: StaticString, to value: PragmaValue) throws(SQLiteError) {
        let (text, wanted): (String, Value) =
            switch value {
            case .integer(let integer): ("\(integer)", .integer(integer))
            case .word(let word): ("\(word)", .text("\(word)"))
            }
        try execute("PRAGMA \(name)=\(text)")
        let found = try pragma(name)
        guard found == wanted else {
            throw SQLiteError(code: .mismatch, message: "pragma \(name) is \(found) after it was set to \(text)")
        }
    }
}
