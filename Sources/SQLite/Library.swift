internal import CSQLite

/// Facts about the linked libsqlite3.
package enum Library {
    /// The version that runs, such as `3.40.1`. See https://www.sqlite.org/c3ref/libversion.html
    package static var version: String { String(cString: sqlite3_libversion()) }

    /// The version as a number, such as 3040001.
    package static var versionNumber: Int { Int(sqlite3_libversion_number()) }

    /// How it was built, without the `SQLITE_` prefix. See https://www.sqlite.org/c3ref/compileoption_get.html
    package static var compileOptions: [String] {
        var options: [String] = []
        while let option = sqlite3_compileoption_get(Int32(options.count)) { options.append(String(cString: option)) }
        return options
    }

    /// Whether connections may be used by several threads, one thread each: false only for a single-threaded build.
    package static var isThreadSafe: Bool { sqlite3_threadsafe() != 0 }

    /// Stops counting allocations, which takes a process-wide mutex at each one. Call it before the first connection of
    /// the process opens; afterwards it does nothing and returns false.
    ///
    /// See https://www.sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus
    @discardableResult
    package static func disableMemoryStatistics() -> Bool { tollbook_sqlite_disable_memory_status() == SQLITE_OK }
}
