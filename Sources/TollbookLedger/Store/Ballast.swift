internal import Foundation
internal import Synchronization

/// Disk space kept in reserve: given back when the disk is full, so that calls in flight can settle.
///
/// Used by the writer's thread only.
struct Ballast {
    let path: String
    let bytes: Int
    /// Whether the space is reserved now.
    private(set) var isHeld = false

    init(path: String, bytes: Int) {
        self.path = path
        self.bytes = bytes
    }

    /// Reserves the space; false when the disk has none.
    mutating func hold() -> Bool {
        guard bytes > 0 else {
            isHeld = true
            return true
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Allocates blocks without writing them (posix_fallocate(3)); a sparse file would reserve nothing.
        isHeld = posix_fallocate(descriptor, 0, off_t(bytes)) == 0
        if !isHeld { ftruncate(descriptor, 0) }
        return isHeld
    }

    /// Gives the space back to the file system.
    mutating func release() {
        guard isHeld else { return }
        isHeld = false
        truncate(path, 0)
    }
}
