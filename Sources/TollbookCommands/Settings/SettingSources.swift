internal import TollbookCore

/// Looks a setting's text up: flag, environment, file.
struct SettingSources: Sendable {
    /// Values of the flags that were given.
    var flags: [ServeSetting: String]
    var environment: [String: String]
    /// Values of the settings file.
    var file: [ServeSetting: String]

    /// The text and the place it came from; nil when nobody set it. An empty variable counts as not set.
    func text(_ setting: ServeSetting) -> (value: String, place: String)? {
        if let value = flags[setting] { return (value, setting.flag) }
        if let value = environment[setting.variable], !value.isEmpty { return (value, setting.variable) }
        if let value = file[setting] { return (value, "\(setting.fileKey) in the settings file") }
        return nil
    }

    /// The setting as `parse` makes it of its text; `fallback` when nobody set it.
    ///
    /// - Throws: `invalid_setting`, naming the place.
    func value<Result>(
        _ setting: ServeSetting, default fallback: Result, expected: String, _ parse: (String) -> Result?
    ) throws -> Result {
        guard let (text, place) = text(setting) else { return fallback }
        guard let value = parse(text) else {
            throw TollbookError(.invalidSetting, "\(place): `\(text)` is not \(expected)")
        }
        return value
    }
}
