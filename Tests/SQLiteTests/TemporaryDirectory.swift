import SQLite
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory of one test's own, removed with all its files when the test lets go of it.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/tollbook-sqlite-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SQLiteError(code: .cannotOpen, message: "mkdtemp failed with errno \(errno)")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(directory)
        rmdir(path)
    }

    var databasePath: String { "\(path)/test.db" }

    /// A WAL database as the ledger uses it, with every automatism off.
    func openLog() throws -> Connection {
        let connection = try Connection(path: databasePath)
        try connection.setPragma("journal_mode", to: .word("wal"))
        try connection.setPragma("wal_autocheckpoint", to: 0)
        return connection
    }

    /// Copies a file as it is now into another directory.
    func copyFile(_ name: String, to other: TemporaryDirectory) throws {
        var bytes = [UInt8](repeating: 0, count: size(of: name) ?? 0)
        guard let source = fopen("\(path)/\(name)", "rb"), let target = fopen("\(other.path)/\(name)", "wb") else {
            throw SQLiteError(code: .cannotOpen, message: "fopen failed with errno \(errno)")
        }
        #expect(fread(&bytes, 1, bytes.count, source) == bytes.count)
        #expect(fwrite(bytes, 1, bytes.count, target) == bytes.count)
        fclose(source)
        fclose(target)
    }

    func size(of name: String) -> Int? {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? Int(status.st_size) : nil
    }
}

/// The error that `body` throws, which must be one of SQLite's.
func failure(_ body: () throws -> Void) -> SQLiteError? {
    do {
        try body()
        return nil
    } catch {
        return error as? SQLiteError
    }
}

func overwrite(_ path: String, with bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_TRUNC)
    defer { close(file) }
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
        throw SQLiteError(code: .ioErrorWrite, message: "cannot write \(path)", systemErrno: errno)
    }
}
