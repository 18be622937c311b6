/// Keeps an export's files in memory: for tests, and for answers that are known to be small.
package struct MemorySink: ExportSink {
    /// The files by name; complete once committed.
    package private(set) var files: [String: [UInt8]] = [:]
    package private(set) var isCommitted = false
    private var current = ""

    package init() {}

    /// Begins a file; one of that name is emptied.
    package mutating func begin(_ fileName: String) throws {
        current = fileName
        files[fileName] = []
    }

    package mutating func write(_ bytes: [UInt8]) throws {
        files[current, default: []].append(contentsOf: bytes)
    }

    /// Does nothing: bytes are kept as they come.
    package mutating func end() throws {}

    /// Marks the files as complete.
    package mutating func commit() throws {
        isCommitted = true
    }
}
