/// Keeps an export's files in memory: for tests, and for answers that are known to be small.
package struct MemorySink: ExportSink {
    /// The files by name; complete once committed.
    package private(set) var files: [String: [UInt8]] = [:]
    package private(set) var isCommitted = false
    private var current = ""

    package init() {}

    package mutating func begin(_ fileName: String) throws {
        current = fileName
        files[fileName] = []
    }

    package mutating func write(_ bytes: [UInt8]) throws {
        files[current, default: []].append(contentsOf: bytes)
    }

    package mutating func end() throws {}

    package mutating func commit() throws {
        isCommitted = true
    }
}
