/// An extended result code of SQLite.
///
/// The low byte is the primary code; the rest says which kind of it. A code that has no constant here is kept as it is.
/// See https://www.sqlite.org/rescode.html
package struct ResultCode: RawRepresentable, Hashable, Sendable {
    /// The number as the C interface returns it.
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The family this code belongs to, such as `.constraint` of `.constraintUnique`.
    package var primary: ResultCode { ResultCode(rawValue: rawValue & 0xFF) }

    /// The name in SQLite's documentation, such as `SQLITE_CONSTRAINT_UNIQUE`.
    ///
    /// A kind without a constant here is named after its family, with the number of the kind.
    package var name: String {
        if let name = Self.names[self] { return name }
        let family = Self.names[primary] ?? "SQLITE_UNKNOWN"
        return "\(family)(\(rawValue))"
    }

    private init(_ primary: ResultCode, kind: Int32) {
        rawValue = primary.rawValue | kind << 8
    }
}

extension ResultCode: CustomStringConvertible {
    package var description: String { name }
}

extension ResultCode {
    package static let ok = ResultCode(rawValue: 0)
    package static let error = ResultCode(rawValue: 1)
    package static let `internal` = ResultCode(rawValue: 2)
    /// A file permission is missing.
    package static let permission = ResultCode(rawValue: 3)
    /// The statement was ended by a rollback or a callback.
    package static let abort = ResultCode(rawValue: 4)
    /// Another connection holds the lock that is needed.
    package static let busy = ResultCode(rawValue: 5)
    /// This very connection holds the lock that is needed.
    package static let locked = ResultCode(rawValue: 6)
    package static let noMemory = ResultCode(rawValue: 7)
    package static let readOnly = ResultCode(rawValue: 8)
    /// `Interrupter.interrupt()` or the progress handler ended the statement.
    package static let interrupt = ResultCode(rawValue: 9)
    package static let ioError = ResultCode(rawValue: 10)
    package static let corrupt = ResultCode(rawValue: 11)
    package static let notFound = ResultCode(rawValue: 12)
    /// The disk, or the limit of `PRAGMA max_page_count`, is full.
    package static let full = ResultCode(rawValue: 13)
    package static let cannotOpen = ResultCode(rawValue: 14)
    package static let `protocol` = ResultCode(rawValue: 15)
    package static let schema = ResultCode(rawValue: 17)
    /// A text, a blob or a row is past a limit.
    package static let tooBig = ResultCode(rawValue: 18)
    package static let constraint = ResultCode(rawValue: 19)
    package static let mismatch = ResultCode(rawValue: 20)
    /// The binding, or the code that uses it, broke a rule of the interface.
    package static let misuse = ResultCode(rawValue: 21)
    /// The authorizer refused.
    package static let authorization = ResultCode(rawValue: 23)
    /// A parameter or column index does not exist.
    package static let range = ResultCode(rawValue: 25)
    package static let notADatabase = ResultCode(rawValue: 26)
}

extension ResultCode {
    package static let busyRecovery = ResultCode(.busy, kind: 1)
    /// A read transaction cannot become a write: someone else wrote since it began.
    package static let busySnapshot = ResultCode(.busy, kind: 2)
    package static let constraintCheck = ResultCode(.constraint, kind: 1)
    package static let constraintForeignKey = ResultCode(.constraint, kind: 3)
    package static let constraintNotNull = ResultCode(.constraint, kind: 5)
    package static let constraintPrimaryKey = ResultCode(.constraint, kind: 6)
    /// `RAISE(ABORT, …)` and its kin; the message is the one the trigger gave.
    package static let constraintTrigger = ResultCode(.constraint, kind: 7)
    package static let constraintUnique = ResultCode(.constraint, kind: 8)
    package static let constraintRowID = ResultCode(.constraint, kind: 10)
    /// A STRICT table refused the type of a value.
    package static let constraintDataType = ResultCode(.constraint, kind: 12)
    package static let corruptIndex = ResultCode(.corrupt, kind: 3)
    package static let cannotOpenIsDirectory = ResultCode(.cannotOpen, kind: 2)
    package static let cannotOpenSymbolicLink = ResultCode(.cannotOpen, kind: 6)
    package static let readOnlyRecovery = ResultCode(.readOnly, kind: 1)
    package static let readOnlyCannotLock = ResultCode(.readOnly, kind: 2)
    /// The file was moved or deleted under the connection.
    package static let readOnlyMoved = ResultCode(.readOnly, kind: 4)
    package static let readOnlyCannotInitialize = ResultCode(.readOnly, kind: 5)
    package static let readOnlyDirectory = ResultCode(.readOnly, kind: 6)
    package static let ioErrorRead = ResultCode(.ioError, kind: 1)
    package static let ioErrorShortRead = ResultCode(.ioError, kind: 2)
    package static let ioErrorWrite = ResultCode(.ioError, kind: 3)
    package static let ioErrorFsync = ResultCode(.ioError, kind: 4)
    package static let ioErrorDirectoryFsync = ResultCode(.ioError, kind: 5)
    package static let ioErrorTruncate = ResultCode(.ioError, kind: 6)
    package static let ioErrorNoMemory = ResultCode(.ioError, kind: 12)
    package static let ioErrorLock = ResultCode(.ioError, kind: 15)
    package static let ioErrorSharedMemoryOpen = ResultCode(.ioError, kind: 18)
    package static let ioErrorSharedMemorySize = ResultCode(.ioError, kind: 19)
    package static let ioErrorSharedMemoryLock = ResultCode(.ioError, kind: 20)
    package static let ioErrorSharedMemoryMap = ResultCode(.ioError, kind: 21)
    package static let ioErrorMap = ResultCode(.ioError, kind: 24)
    package static let ioErrorData = ResultCode(.ioError, kind: 32)
    package static let ioErrorCorruptFileSystem = ResultCode(.ioError, kind: 33)
}

extension ResultCode {
    private static let names: [ResultCode: String] = [
        .ok: "SQLITE_OK", .error: "SQLITE_ERROR", .internal: "SQLITE_INTERNAL", .permission: "SQLITE_PERM",
        .abort: "SQLITE_ABORT", .busy: "SQLITE_BUSY", .locked: "SQLITE_LOCKED", .noMemory: "SQLITE_NOMEM",
        .readOnly: "SQLITE_READONLY", .interrupt: "SQLITE_INTERRUPT", .ioError: "SQLITE_IOERR",
        .corrupt: "SQLITE_CORRUPT", .notFound: "SQLITE_NOTFOUND", .full: "SQLITE_FULL",
        .cannotOpen: "SQLITE_CANTOPEN", .protocol: "SQLITE_PROTOCOL", .schema: "SQLITE_SCHEMA",
        .tooBig: "SQLITE_TOOBIG", .constraint: "SQLITE_CONSTRAINT", .mismatch: "SQLITE_MISMATCH",
        .misuse: "SQLITE_MISUSE", .authorization: "SQLITE_AUTH", .range: "SQLITE_RANGE",
        .notADatabase: "SQLITE_NOTADB", .busyRecovery: "SQLITE_BUSY_RECOVERY",
        .busySnapshot: "SQLITE_BUSY_SNAPSHOT", .constraintCheck: "SQLITE_CONSTRAINT_CHECK",
        .constraintForeignKey: "SQLITE_CONSTRAINT_FOREIGNKEY", .constraintNotNull: "SQLITE_CONSTRAINT_NOTNULL",
        .constraintPrimaryKey: "SQLITE_CONSTRAINT_PRIMARYKEY", .constraintTrigger: "SQLITE_CONSTRAINT_TRIGGER",
        .constraintUnique: "SQLITE_CONSTRAINT_UNIQUE", .constraintRowID: "SQLITE_CONSTRAINT_ROWID",
        .constraintDataType: "SQLITE_CONSTRAINT_DATATYPE", .corruptIndex: "SQLITE_CORRUPT_INDEX",
        .cannotOpenIsDirectory: "SQLITE_CANTOPEN_ISDIR", .cannotOpenSymbolicLink: "SQLITE_CANTOPEN_SYMLINK",
        .readOnlyRecovery: "SQLITE_READONLY_RECOVERY", .readOnlyCannotLock: "SQLITE_READONLY_CANTLOCK",
        .readOnlyMoved: "SQLITE_READONLY_DBMOVED", .readOnlyCannotInitialize: "SQLITE_READONLY_CANTINIT",
        .readOnlyDirectory: "SQLITE_READONLY_DIRECTORY", .ioErrorRead: "SQLITE_IOERR_READ",
        .ioErrorShortRead: "SQLITE_IOERR_SHORT_READ", .ioErrorWrite: "SQLITE_IOERR_WRITE",
        .ioErrorFsync: "SQLITE_IOERR_FSYNC", .ioErrorDirectoryFsync: "SQLITE_IOERR_DIR_FSYNC",
        .ioErrorTruncate: "SQLITE_IOERR_TRUNCATE", .ioErrorNoMemory: "SQLITE_IOERR_NOMEM",
        .ioErrorLock: "SQLITE_IOERR_LOCK", .ioErrorSharedMemoryOpen: "SQLITE_IOERR_SHMOPEN",
        .ioErrorSharedMemorySize: "SQLITE_IOERR_SHMSIZE", .ioErrorSharedMemoryLock: "SQLITE_IOERR_SHMLOCK",
        .ioErrorSharedMemoryMap: "SQLITE_IOERR_SHMMAP", .ioErrorMap: "SQLITE_IOERR_MMAP",
        .ioErrorData: "SQLITE_IOERR_DATA", .ioErrorCorruptFileSystem: "SQLITE_IOERR_CORRUPTFS",
    ]
}
