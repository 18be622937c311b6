#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What tells whether a file has changed: its times, place and size.
struct FileStamp: Equatable, Sendable {
    private var modifiedSeconds = 0
    private var modifiedNanos = 0
    /// Of the last change of contents, name or permissions.
    private var changedSeconds = 0
    private var changedNanos = 0
    private var inode: UInt64 = 0
    private var size = 0

    /// nil: there is no such file, or nobody may look. Blocks for a moment.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
        let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        modifiedSeconds = Int(modified.tv_sec)
        modifiedNanos = Int(modified.tv_nsec)
        changedSeconds = Int(changed.tv_sec)
        changedNanos = Int(changed.tv_nsec)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
    }
}

/// Reads small files that people provide.
enum SmallFile {
    /// The whole contents; nil: the file is missing, unreadable, or larger than the limit. Blocks.
    static func contents(of path: String, limit: Int) -> [UInt8]? {
        // Not blocking, so that a named pipe cannot hold the thread.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return contents(of: descriptor, limit: limit)
    }

    /// Whether there is a file that may be run. Blocks for a moment.
    static func isProgram(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }

    private static func contents(of descriptor: Int32, limit: Int) -> [UInt8]? {
        var contents: [UInt8] = []
        while contents.count <= limit {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, filled in
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 { failure = errno }
                filled = max(0, count)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { return nil }
            guard !piece.isEmpty else { return contents }
            contents += piece
        }
        return nil
    }
}
