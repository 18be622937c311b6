internal import CSQLite

/// Binding by index from 1. None of these allocates in Swift.
///
/// Each throws `.range` for an index that does not exist and `.misuse` for a statement that stands on a row.
extension Statement {
    /// Binds an integer.
    package func bind(_ value: Int64, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(truncatingIfNeeded: index), value))
    }

    /// Binds an integer.
    package func bind(_ value: Int, at index: Int) throws(SQLiteError) {
        try bind(Int64(value), at: index)
    }

    /// Binds 1 or 0.
    package func bind(_ value: Bool, at index: Int) throws(SQLiteError) {
        try bind(value ? 1 as Int64 : 0, at: index)
    }

    /// Binds a floating-point number; a NaN becomes NULL.
    package func bind(_ value: Double, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, Int32(truncatingIfNeeded: index), value))
    }

    /// Binds NULL.
    package func bindNull(at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, Int32(truncatingIfNeeded: index)))
    }

    /// Binds an integer, or NULL.
    package func bind(_ value: Int64?, at index: Int) throws(SQLiteError) {
        guard let value else { return try bindNull(at: index) }
        try bind(value, at: index)
    }

    /// Binds an integer, or NULL.
    package func bind(_ value: Int?, at index: Int) throws(SQLiteError) {
        guard let value else { return try bindNull(at: index) }
        try bind(value, at: index)
    }

    func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }
}

extension Statement {
    /// Binds a text, NUL characters included; SQLite copies it.
    package func bind(_ value: String, at index: Int) throws(SQLiteError) {
        var value = value
        let code = value.withUTF8 { utf8 in
            bindText(utf8, at: index, destructor: tollbook_sqlite_transient())
        }
        try check(code)
    }

    /// Binds a text, or NULL.
    package func bind(_ value: String?, at index: Int) throws(SQLiteError) {
        guard let value else { return try bindNull(at: index) }
        try bind(value, at: index)
    }

    /// Binds a part of a text; SQLite copies it.
    package func bind(_ value: Substring, at index: Int) throws(SQLiteError) {
        var value = value
        let code = value.withUTF8 { utf8 in
            bindText(utf8, at: index, destructor: tollbook_sqlite_transient())
        }
        try check(code)
    }

    /// Binds a literal, which SQLite reads in place.
    package func bindStatic(_ value: StaticString, at index: Int) throws(SQLiteError) {
        guard value.hasPointerRepresentation else { return try bind(value.description, at: index) }
        let utf8 = UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)
        try check(bindText(utf8, at: index, destructor: tollbook_sqlite_static()))
    }

    /// Binds text given as UTF-8; SQLite copies it and does not check it.
    package func bindText(utf8 value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        let code = value.withMemoryRebound(to: UInt8.self) { utf8 in
            bindText(utf8, at: index, destructor: tollbook_sqlite_transient())
        }
        try check(code)
    }

    /// Binds a blob; SQLite copies it.
    package func bind(_ value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        try check(bindBlob(value, at: index, destructor: tollbook_sqlite_transient()))
    }

    /// Binds a blob; SQLite copies it.
    package func bind(_ value: [UInt8], at index: Int) throws(SQLiteError) {
        let code = value.withUnsafeBytes { bytes in
            bindBlob(bytes, at: index, destructor: tollbook_sqlite_transient())
        }
        try check(code)
    }

    /// Binds a blob, or NULL.
    package func bind(_ value: [UInt8]?, at index: Int) throws(SQLiteError) {
        guard let value else { return try bindNull(at: index) }
        try bind(value, at: index)
    }

    /// Binds a blob that SQLite reads in place.
    ///
    /// - Precondition: the memory lives, unchanged, until the parameter is bound again or cleared or the statement is
    ///   gone; a `reset()` alone does not end that.
    package func bindBorrowed(_ value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        try check(bindBlob(value, at: index, destructor: tollbook_sqlite_static()))
    }

    /// Binds text given as UTF-8 that SQLite reads in place and does not check; under the precondition of a borrowed
    /// blob.
    package func bindBorrowedText(utf8 value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        let code = value.withMemoryRebound(to: UInt8.self) { utf8 in
            bindText(utf8, at: index, destructor: tollbook_sqlite_static())
        }
        try check(code)
    }

    /// Binds a value of any storage class.
    package func bind(_ value: Value, at index: Int) throws(SQLiteError) {
        switch value {
        case .null: try bindNull(at: index)
        case .integer(let value): try bind(value, at: index)
        case .real(let value): try bind(value, at: index)
        case .text(let value): try bind(value, at: index)
        case .blob(let value): try bind(value, at: index)
        }
    }

    /// Binds all parameters in order.
    ///
    /// - Throws: `.range` unless there are exactly as many values as parameters.
    package func bindAll(_ values: [Value]) throws(SQLiteError) {
        guard values.count == parameterCount else {
            let message = "\(values.count) values for \(parameterCount) parameters"
            throw SQLiteError(code: .range, message: message, sql: sql)
        }
        for (offset, value) in values.enumerated() { try bind(value, at: offset + 1) }
    }

    private func bindText(
        _ utf8: UnsafeBufferPointer<UInt8>, at index: Int, destructor: sqlite3_destructor_type?
    ) -> Int32 {
        let index = Int32(truncatingIfNeeded: index)
        // A null pointer would bind NULL, not an empty text.
        guard let start = utf8.baseAddress else {
            return sqlite3_bind_text(handle, index, "", 0, tollbook_sqlite_transient())
        }
        return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) { characters in
            sqlite3_bind_text64(
                handle, index, characters, UInt64(utf8.count), destructor, UInt8(truncatingIfNeeded: SQLITE_UTF8))
        }
    }

    private func bindBlob(
        _ bytes: UnsafeRawBufferPointer, at index: Int, destructor: sqlite3_destructor_type?
    ) -> Int32 {
        let index = Int32(truncatingIfNeeded: index)
        // A null pointer would bind NULL, not an empty blob.
        guard let start = bytes.baseAddress, bytes.count > 0 else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), destructor)
    }
}
