internal import Foundation
internal import TollbookCore
internal import Yams

/// Reads `tollbook.yaml`: a flat mapping of setting names to values.
enum SettingsFile {
    /// No settings file is larger.
    private static let maximumBytes = 64 * 1024

    /// - Throws: `invalid_setting`, naming the file, the line and what is known.
    static func read(path: String) throws -> [ServeSetting: String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TollbookError(.invalidSetting, "the settings file \(path) cannot be read")
        }
        guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
            throw TollbookError(.invalidSetting, "the settings file \(path) is not UTF-8 text below 64 KiB")
        }
        return try parse(text, path: path)
    }

    static func parse(_ text: String, path: String) throws -> [ServeSetting: String] {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw TollbookError(.invalidSetting, "the settings file \(path) is not YAML", cause: "\(error)")
        }
        guard let node else { return [:] }
        guard case .mapping(let mapping) = node else {
            throw TollbookError(.invalidSetting, "the settings file \(path) is not a mapping of names to values")
        }
        var values: [ServeSetting: String] = [:]
        for (key, value) in mapping {
            let (setting, text) = try entry(key, value, path: path)
            values[setting] = text
        }
        return values
    }

    private static func entry(_ key: Node, _ value: Node, path: String) throws -> (ServeSetting, String) {
        let place = "\(path):\(key.mark?.line ?? 0)"
        let name = key.scalar?.string ?? ""
        guard let setting = ServeSetting.allCases.first(where: { $0.fileKey == name }) else {
            throw TollbookError(
                .invalidSetting, "\(place): there is no setting `\(name.prefix(64))`",
                hint: "known are: " + ServeSetting.allCases.map(\.fileKey).sorted().joined(separator: ", "))
        }
        guard let text = value.scalar?.string else {
            throw TollbookError(.invalidSetting, "\(place): `\(name)` takes one plain value")
        }
        return (setting, text)
    }
}
