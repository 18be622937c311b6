internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A layer over the system's file access that gathers the sequential writes to a WAL file until it is synced.
///
/// SQLite writes each frame of a commit in two pieces, its header and its page: some forty system calls for a batch of
/// calls. Here they become one write, just before the sync that every commit makes under `PRAGMA synchronous = FULL`.
/// Other connections look at a frame only after that sync, when the WAL-index names it. Under another setting commits
/// are not synced and would stay in memory: such a connection must not use this layer.
///
/// The database file itself, and every other file, is opened by the system's layer and never comes here again.
/// See https://www.sqlite.org/vfs.html and https://www.sqlite.org/walformat.html
enum GatheringVFS {
    /// The layer's name for `sqlite3_open_v2`, registered on first use; nil if SQLite has no layer of its own.
    static let name: String? = register()

    /// Gathered at most before a write: what a batch of the usual size needs, in two. The system's layer takes no more
    /// than 128 KiB in one call.
    static let capacity = 64 << 10

    /// What a WAL file's object begins with; the system's own object follows it.
    private struct File {
        var base: sqlite3_file
        var bytes: UnsafeMutableRawPointer
        /// Where in the file the gathered bytes begin.
        var start: sqlite3_int64
        var count: Int
    }

    private static let identifier = "gathering"
    /// Rounded up, so that the system's object is aligned.
    private static let innerOffset = (MemoryLayout<File>.size + 15) / 16 * 16

    /// The system's layer, and the methods of a WAL file's object.
    ///
    /// `@unchecked Sendable`: both are written once, before the first use, and live as long as the process.
    private struct Layers: @unchecked Sendable {
        let system: UnsafeMutablePointer<sqlite3_vfs>
        let methods: UnsafePointer<sqlite3_io_methods>
    }

    private static let layers = sqlite3_vfs_find(nil).map { Layers(system: $0, methods: makeMethods()) }

    private static func register() -> String? {
        guard let layers else { return nil }
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: layers.system.pointee)
        layer.pointee.pNext = nil
        layer.pointee.zName = UnsafePointer(strdup(identifier))
        layer.pointee.szOsFile += Int32(innerOffset)
        layer.pointee.xOpen = { _, name, file, flags, outFlags in
            GatheringVFS.open(name, file, flags, outFlags)
        }
        return sqlite3_vfs_register(layer, 0) == SQLITE_OK ? identifier : nil
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let layers, let file, let openFile = layers.system.pointee.xOpen else { return SQLITE_CANTOPEN }
        guard flags & SQLITE_OPEN_WAL != 0 else { return openFile(layers.system, name, file, flags, outFlags) }
        file.pointee.pMethods = nil
        let code = openFile(layers.system, name, inner(file), flags, outFlags)
        guard code == SQLITE_OK else {
            // SQLite's rule: an object with methods is closed, whatever its opening returned.
            if let methods = inner(file).pointee.pMethods { _ = methods.pointee.xClose(inner(file)) }
            return code
        }
        state(file).initialize(
            to: File(
                base: sqlite3_file(pMethods: layers.methods),
                bytes: .allocate(byteCount: capacity, alignment: 8), start: 0, count: 0))
        return SQLITE_OK
    }

    private static func state(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<File> {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: File.self)
    }

    private static func inner(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + innerOffset).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// Calls the system's method on the system's object; first writes what was gathered, if the call must see it.
    private static func pass(
        _ file: UnsafeMutablePointer<sqlite3_file>?, flushing: Bool = false,
        _ body: (UnsafePointer<sqlite3_io_methods>, UnsafeMutablePointer<sqlite3_file>) -> Int32
    ) -> Int32 {
        guard let file, let methods = inner(file).pointee.pMethods else { return SQLITE_MISUSE }
        if flushing {
            let code = flush(file, methods)
            guard code == SQLITE_OK else { return code }
        }
        return body(methods, inner(file))
    }

    /// Writes what was gathered. What cannot be written is dropped: the commit fails, and SQLite begins again.
    private static func flush(
        _ file: UnsafeMutablePointer<sqlite3_file>, _ methods: UnsafePointer<sqlite3_io_methods>
    ) -> Int32 {
        let state = state(file)
        guard state.pointee.count > 0 else { return SQLITE_OK }
        let count = Int32(state.pointee.count)
        state.pointee.count = 0
        return methods.pointee.xWrite(inner(file), state.pointee.bytes, count, state.pointee.start)
    }

    private static func write(
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ amount: Int32,
        _ offset: sqlite3_int64
    ) -> Int32 {
        guard let file, let bytes else { return SQLITE_MISUSE }
        let state = state(file)
        let follows = offset == state.pointee.start + sqlite3_int64(state.pointee.count)
        if !follows || state.pointee.count + Int(amount) > capacity {
            let code = pass(file, flushing: true) { _, _ in SQLITE_OK }
            guard code == SQLITE_OK else { return code }
        }
        guard Int(amount) <= capacity else {
            return pass(file) { $0.pointee.xWrite($1, bytes, amount, offset) }
        }
        if state.pointee.count == 0 { state.pointee.start = offset }
        (state.pointee.bytes + state.pointee.count).copyMemory(from: bytes, byteCount: Int(amount))
        state.pointee.count += Int(amount)
        return SQLITE_OK
    }

    private static func close(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        let flushed = pass(file, flushing: true) { _, _ in SQLITE_OK }
        let code = pass(file) { $0.pointee.xClose($1) }
        if let file { state(file).pointee.bytes.deallocate() }
        return code == SQLITE_OK ? flushed : code
    }

    /// Version 1: what came later (shared memory, mapped reads) concerns the database file only.
    private static func makeMethods() -> UnsafePointer<sqlite3_io_methods> {
        var made = sqlite3_io_methods()
        made.iVersion = 1
        made.xClose = { GatheringVFS.close($0) }
        made.xRead = { file, bytes, amount, offset in
            GatheringVFS.pass(file, flushing: true) { $0.pointee.xRead($1, bytes, amount, offset) }
        }
        made.xWrite = { GatheringVFS.write($0, $1, $2, $3) }
        made.xTruncate = { file, size in GatheringVFS.pass(file, flushing: true) { $0.pointee.xTruncate($1, size) } }
        made.xSync = { file, flags in GatheringVFS.pass(file, flushing: true) { $0.pointee.xSync($1, flags) } }
        made.xFileSize = { file, size in GatheringVFS.pass(file, flushing: true) { $0.pointee.xFileSize($1, size) } }
        made.xLock = { file, level in GatheringVFS.pass(file) { $0.pointee.xLock($1, level) } }
        made.xUnlock = { file, level in GatheringVFS.pass(file) { $0.pointee.xUnlock($1, level) } }
        made.xCheckReservedLock = { file, held in GatheringVFS.pass(file) { $0.pointee.xCheckReservedLock($1, held) } }
        made.xFileControl = { file, operation, argument in
            GatheringVFS.pass(file) { $0.pointee.xFileControl($1, operation, argument) }
        }
        made.xSectorSize = { file in GatheringVFS.pass(file) { $0.pointee.xSectorSize($1) } }
        made.xDeviceCharacteristics = { file in GatheringVFS.pass(file) { $0.pointee.xDeviceCharacteristics($1) } }
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: made)
        return UnsafePointer(methods)
    }
}
