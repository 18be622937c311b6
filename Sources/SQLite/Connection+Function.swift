internal import CSQLite

/// The arguments of one call of a function, lent to its body.
package struct FunctionArguments: ~Copyable {
    private let values: UnsafeMutablePointer<OpaquePointer?>?
    /// How many there are.
    package let count: Int

    fileprivate init(_ values: UnsafeMutablePointer<OpaquePointer?>?, count: Int) {
        self.values = values
        self.count = count
    }

    /// The argument at an index from 0; `.null` past the last.
    package subscript(index: Int) -> Value {
        guard let value = pointer(at: index) else { return .null }
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: return .real(sqlite3_value_double(value))
        case SQLITE_TEXT: return .text(withBytes(at: index) { String(decoding: $0, as: UTF8.self) })
        case SQLITE_BLOB: return .blob(withBytes(at: index) { [UInt8]($0) })
        default: return .null
        }
    }

    /// Lends an argument's bytes without copying them; a text gives its UTF-8. The buffer is dead after `body`.
    package func withBytes<R>(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        guard let value = pointer(at: index), let start = sqlite3_value_blob(value) else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
    }

    private func pointer(at index: Int) -> OpaquePointer? {
        index >= 0 && index < count ? values?[index] : nil
    }
}

/// What SQLite may assume about a function. See https://www.sqlite.org/c3ref/c_deterministic.html
package struct FunctionTraits: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Equal arguments give equal results within a statement; indexes may use it.
    package static let deterministic = FunctionTraits(rawValue: SQLITE_DETERMINISTIC)
    /// Statements may call it, views and triggers may not.
    package static let directOnly = FunctionTraits(rawValue: SQLITE_DIRECTONLY)
    /// It has no effect and leaks nothing: views and triggers may call it even under `trusted_schema=OFF`.
    package static let innocuous = FunctionTraits(rawValue: SQLITE_INNOCUOUS)
}

extension Connection {
    /// Adds a scalar function to SQL on this connection. See https://www.sqlite.org/c3ref/create_function.html
    ///
    /// - Parameters:
    ///   - argumentCount: how many arguments it takes; nil takes any number, up to `Limit.functionArguments`.
    ///   - body: runs on this connection's thread inside `step()`. What it throws ends the statement with `.error`;
    ///     a `SQLiteError` gives its own code and message, any other error only the function's name, since a foreign
    ///     description may hold what no error should.
    package func createFunction(
        _ name: String, argumentCount: Int?, traits: FunctionTraits = [.deterministic, .directOnly],
        _ body: @escaping (borrowing FunctionArguments) throws -> Value
    ) throws(SQLiteError) {
        let database = try database()
        let box = Unmanaged.passRetained(FunctionBox(name: name, body: body)).toOpaque()
        // On failure too SQLite calls the destructor, so the box is released exactly once.
        let code = sqlite3_create_function_v2(
            database, name, argumentCount.map { Int32(clamping: $0) } ?? -1, SQLITE_UTF8 | traits.rawValue, box,
            { context, count, values in callFunction(context, count, values) }, nil, nil,
            { pointer in pointer.map { Unmanaged<FunctionBox>.fromOpaque($0).release() } })
        try check(code)
    }
}

private final class FunctionBox {
    let name: String
    let body: (borrowing FunctionArguments) throws -> Value

    init(name: String, body: @escaping (borrowing FunctionArguments) throws -> Value) {
        self.name = name
        self.body = body
    }
}

private func callFunction(
    _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let pointer = sqlite3_user_data(context) else { return sqlite3_result_null(context) }
    let box = Unmanaged<FunctionBox>.fromOpaque(pointer).takeUnretainedValue()
    do {
        setResult(try box.body(FunctionArguments(values, count: Int(count))), context)
    } catch let error as SQLiteError {
        sqlite3_result_error(context, error.message, -1)
        sqlite3_result_error_code(context, error.code.rawValue)
    } catch {
        sqlite3_result_error(context, "function \(box.name) failed", -1)
    }
}

private func setResult(_ value: Value, _ context: OpaquePointer?) {
    switch value {
    case .null: sqlite3_result_null(context)
    case .integer(let integer): sqlite3_result_int64(context, integer)
    case .real(let real): sqlite3_result_double(context, real)
    case .text(let text):
        sqlite3_result_text64(
            context, text, UInt64(text.utf8.count), tollbook_sqlite_transient(),
            UInt8(truncatingIfNeeded: SQLITE_UTF8))
    case .blob(let bytes):
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.count > 0 else { return sqlite3_result_zeroblob(context, 0) }
            sqlite3_result_blob64(context, start, UInt64(bytes.count), tollbook_sqlite_transient())
        }
    }
}
