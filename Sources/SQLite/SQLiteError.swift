internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What SQLite, or this binding, refused to do and why.
///
/// `message` is SQLite's own text: it names tables and columns and repeats what a trigger's RAISE said, but holds no
/// bound value of an INSERT or UPDATE. The text of the statement is in `sql` and never in `description`.
package struct SQLiteError: Error, Hashable, Sendable {
    /// The extended result code: what code decides on, and what metrics may show.
    package let code: ResultCode
    /// What happened, in SQLite's words.
    package let message: String
    /// The statement as it was prepared, with placeholders where values were bound.
    package let sql: String?
    /// Where in the SQL text the fault begins, in bytes of UTF-8, if SQLite can tell.
    package let offset: Int?
    /// `errno` of the file operation that failed, for file errors only.
    package let systemErrno: Int32?

    package init(
        code: ResultCode, message: String, sql: String? = nil, offset: Int? = nil, systemErrno: Int32? = nil
    ) {
        self.code = code
        self.message = message
        self.sql = sql
        self.offset = offset
        self.systemErrno = systemErrno
    }

    /// The file system or the database's own page limit has no room left.
    ///
    /// SQLite reports most of these as `.full`, but a failed fsync, truncate or shared-memory growth as an I/O error.
    package var isDiskFull: Bool {
        if code.primary == .full { return true }
        return code.primary == .ioError && (systemErrno == ENOSPC || systemErrno == EDQUOT)
    }

    /// What an operator can do about it, where that is known.
    package var hint: String? {
        if isDiskFull { return "free space on the file system that holds the database" }
        switch code.primary {
        case .busy: return "another connection holds the lock; make sure that one process has the file open"
        case .readOnly: return "check the owner and mode of the database file and of its directory"
        case .cannotOpen: return "check that the directory exists and that the file may be read and written"
        case .corrupt, .notADatabase: return "stop, keep a copy of the file, and restore from a backup"
        default: return nil
        }
    }
}

extension SQLiteError: CustomStringConvertible {
    /// The code's name and the message; never the SQL text.
    package var description: String {
        var text = "\(code.name): \(message)"
        if let offset { text += " (at byte \(offset) of the SQL text)" }
        if let systemErrno { text += " (errno \(systemErrno))" }
        return text
    }
}

extension SQLiteError {
    static func misuse(_ message: String, sql: String? = nil) -> SQLiteError {
        SQLiteError(code: .misuse, message: message, sql: sql)
    }

    /// Reads the connection's last error.
    ///
    /// - Parameter shift: bytes before the text that was given to SQLite, added to the offset it reports.
    static func last(_ code: Int32, on database: OpaquePointer?, sql: String? = nil, shift: Int = 0) -> SQLiteError {
        let result = ResultCode(rawValue: code)
        guard let database else { return SQLiteError(code: result, message: text(of: code), sql: sql) }
        // MISUSE and a code that the connection does not know leave an older message behind: take the code's own text.
        let isCurrent = sqlite3_extended_errcode(database) == code
        let message = isCurrent ? sqlite3_errmsg(database).map { String(cString: $0) } : nil
        let offset = isCurrent ? Int(sqlite3_error_offset(database)) : -1
        let isFileError = [ResultCode.ioError, .cannotOpen, .full].contains(result.primary)
        let errno = isFileError ? sqlite3_system_errno(database) : 0
        return SQLiteError(
            code: result, message: message ?? text(of: code), sql: sql, offset: offset < 0 ? nil : offset + shift,
            systemErrno: errno == 0 ? nil : errno)
    }

    private static func text(of code: Int32) -> String {
        sqlite3_errstr(code).map { String(cString: $0) } ?? "unknown error"
    }
}
