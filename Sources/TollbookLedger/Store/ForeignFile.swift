internal import Foundation
internal import TollbookCore

/// Tells a file of another program by its first bytes, before anything is made beside it.
///
/// See https://www.sqlite.org/fileformat2.html#the_database_header
enum ForeignFile {
    private static let magic = Array("SQLite format 3\0".utf8)
    private static let applicationIDOffset = 68
    private static let headerBytes = 100

    /// - Throws: `schema_unknown` for what is no ledger. A file without its header yet passes, and so does one whose
    ///   log may hold the header: opening it tells.
    static func refuse(at path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        guard let header = try? file.read(upToCount: headerBytes), !header.isEmpty else { return }
        let isDatabase = header.starts(with: magic) && header.count == headerBytes
        let id = header.dropFirst(applicationIDOffset).prefix(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard !isDatabase || id != LedgerConnection.applicationID else { return }
        guard !isDatabase || !FileManager.default.fileExists(atPath: path + "-wal") else { return }
        throw TollbookError(
            .schemaUnknown, "\(path) is not a Tollbook ledger",
            hint: "Choose an empty data directory, or move the file away.")
    }
}
