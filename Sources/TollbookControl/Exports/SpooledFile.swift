internal import TollbookCore
internal import TollbookReports

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// An open file of the spool; reads block, so keep them off event loops. Closed with the object.
final class SpooledFile: Sendable {
    let byteCount: Int
    private let descriptor: Int32

    /// - Throws: `output_failed` when the file cannot be opened.
    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw TollbookError(.outputFailed, "the export's file cannot be read", hint: "export again")
        }
        byteCount = Int(status.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Some bytes from `offset` on, at least one.
    ///
    /// - Throws: `output_failed` at the file's end or when it cannot be read.
    func read(at offset: Int, atMost limit: Int) throws -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, limit, off_t(offset)))
        }
        guard !bytes.isEmpty else {
            throw TollbookError(.outputFailed, "the export's file cannot be read", hint: "export again")
        }
        return bytes
    }
}
