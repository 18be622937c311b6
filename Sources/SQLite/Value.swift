/// A value of any of SQLite's five storage classes.
///
/// For the hot path use the typed accessors: `text` and `blob` allocate.
/// See https://www.sqlite.org/datatype3.html
package enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Value {
    /// The integer, or nil for any other storage class.
    package var integer: Int64? {
        if case .integer(let integer) = self { return integer }
        return nil
    }

    /// The text, or nil for any other storage class.
    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The bytes, or nil for any other storage class.
    package var blob: [UInt8]? {
        if case .blob(let blob) = self { return blob }
        return nil
    }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .real(value) }
    package init(stringLiteral value: String) { self = .text(value) }
}

/// A storage class, as `sqlite3_column_type` names it. See https://www.sqlite.org/c3ref/c_blob.html
package enum StorageClass: Int32, Sendable {
    case integer = 1
    case real = 2
    case text = 3
    case blob = 4
    case null = 5
}
