/// Where an export's files go: a directory, a spool, memory.
///
/// One file at a time; used by one thread.
package protocol ExportSink {
    /// Begins a file.
    mutating func begin(_ fileName: String) throws
    /// Adds to the file.
    mutating func write(_ bytes: [UInt8]) throws
    /// Ends the file: its bytes are safe, but not yet seen under its name.
    mutating func end() throws
    /// Every file is there: all become visible.
    mutating func commit() throws
}
