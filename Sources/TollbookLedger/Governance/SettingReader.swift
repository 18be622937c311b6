internal import SQLite
internal import TollbookPolicy

/// The settings of providers that are in force.
struct SettingReader {
    struct Settings {
        /// The journal index of the newest of them, also of one that was taken back.
        var version: Int64 = 0
        var values: [ProviderSetting: String] = [:]
    }

    private(set) var byProvider: [Int64: Settings] = [:]

    /// A name that this version does not know was written by a later one, and is left alone.
    static func read(_ connection: Connection) throws -> SettingReader {
        var reader = SettingReader()
        let sql: StaticString = "SELECT provider_id, log_index, name, value FROM provider_setting WHERE closed = 0"
        try connection.cached(sql).forEachRow { row in
            var settings = reader.byProvider[row.int64(at: 0)] ?? Settings()
            settings.version = max(settings.version, row.int64(at: 1))
            if let setting = ProviderSetting(rawValue: row.string(at: 2)) {
                settings.values[setting] = row.optionalString(at: 3)
            }
            reader.byProvider[row.int64(at: 0)] = settings
        }
        return reader
    }
}
