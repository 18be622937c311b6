internal import CSQLite

/// Something that reads the columns of the row a statement stands on, by index from 0.
///
/// Values are read while the statement stands on a row; after the last row, or past the last column, every column is
/// NULL. Conversions are SQLite's (https://www.sqlite.org/c3ref/column_blob.html): in particular a NULL reads as 0, ""
/// or no bytes, so where a column may be NULL and NULL means something, use the `optional…` form.
package protocol ColumnReader: ~Copyable {
    /// The prepared statement; owned by a `Statement`.
    var handle: OpaquePointer { get }
}

extension ColumnReader where Self: ~Copyable {
    /// The number of columns of a row; 0 for a statement that returns none.
    package var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// The column as an integer; a REAL is cut, a TEXT is parsed, NULL is 0.
    package func int64(at index: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(truncatingIfNeeded: index))
    }

    /// The column as an integer; see `int64(at:)`.
    package func int(at index: Int) -> Int {
        Int(truncatingIfNeeded: int64(at: index))
    }

    /// True unless the column is 0 or NULL.
    package func bool(at index: Int) -> Bool {
        int64(at: index) != 0
    }

    /// The column as a floating-point number; NULL is 0. Never for money.
    package func double(at index: Int) -> Double {
        sqlite3_column_double(handle, Int32(truncatingIfNeeded: index))
    }

    /// The column's storage class, before any conversion: ask before reading it otherwise.
    package func type(at index: Int) -> StorageClass {
        StorageClass(rawValue: sqlite3_column_type(handle, Int32(truncatingIfNeeded: index))) ?? .null
    }

    /// Whether the column is NULL.
    package func isNull(at index: Int) -> Bool {
        sqlite3_column_type(handle, Int32(truncatingIfNeeded: index)) == SQLITE_NULL
    }

    /// The column as an integer, or nil for NULL.
    package func optionalInt64(at index: Int) -> Int64? {
        isNull(at: index) ? nil : int64(at: index)
    }

    /// The column as text, or nil for NULL.
    package func optionalString(at index: Int) -> String? {
        isNull(at: index) ? nil : string(at: index)
    }

    /// The column as bytes, or nil for NULL.
    package func optionalBytes(at index: Int) -> [UInt8]? {
        isNull(at: index) ? nil : bytes(at: index)
    }
}

extension ColumnReader where Self: ~Copyable {
    /// The column as text, NUL characters included.
    ///
    /// Bytes that are not UTF-8 become U+FFFD: where every byte counts, read `bytes(at:)`.
    package func string(at index: Int) -> String {
        let index = Int32(truncatingIfNeeded: index)
        // The text first, its length second: in this order the length is that of the converted text.
        guard let text = sqlite3_column_text(handle, index) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, index))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// A copy of the column's bytes; a text gives its UTF-8.
    package func bytes(at index: Int) -> [UInt8] {
        withBytes(at: index) { [UInt8]($0) }
    }

    /// Lends the column's bytes without copying them; a text gives its UTF-8.
    ///
    /// The buffer is dead after `body`, and `body` must not step, reset or convert this column.
    package func withBytes<R, E: Error>(
        at index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let index = Int32(truncatingIfNeeded: index)
        let start = sqlite3_column_blob(handle, index)
        let count = Int(sqlite3_column_bytes(handle, index))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// The column in its own storage class.
    package func value(at index: Int) -> Value {
        switch type(at: index) {
        case .integer: .integer(int64(at: index))
        case .real: .real(double(at: index))
        case .text: .text(string(at: index))
        case .blob: .blob(bytes(at: index))
        case .null: .null
        }
    }

    /// All columns of the row, each in its own storage class.
    package var values: [Value] {
        (0..<columnCount).map { value(at: $0) }
    }

    /// The name of a column as the query gives it; stable only if the query says `AS`.
    package func columnName(at index: Int) -> String {
        sqlite3_column_name(handle, Int32(truncatingIfNeeded: index)).map { String(cString: $0) } ?? ""
    }
}
