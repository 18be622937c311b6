import Foundation

/// Recorded provider exchanges beside the project; tests that need them skip, saying so, when they are absent.
enum Recordings {
    static let missing = "no recordings: set TOLLBOOK_SHARED to the folder that holds them"

    static let root: URL? = {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["TOLLBOOK_SHARED"].map { URL(filePath: $0) }
            ?? project.deletingLastPathComponent().appending(path: "shared")
        let recordings = shared.appending(path: "recordings")
        return FileManager.default.fileExists(atPath: recordings.path) ? recordings : nil
    }()

    static var arePresent: Bool { root != nil }

    /// Chat completion exchanges: name and folder, in order.
    static let chatCases = cases(ofAPI: "chat/completions")

    /// Exchanges of OpenAI responses.
    static let responsesCases = cases(ofAPI: "responses")

    private static func cases(ofAPI suffix: String) -> [(name: String, folder: URL)] {
        guard let root, let index = try? String(contentsOf: root.appending(path: "INDEX.jsonl"), encoding: .utf8)
        else { return [] }
        return index.split(separator: "\n").compactMap { line in
            guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let name = entry["case"] as? String, let api = entry["api"] as? String,
                api.hasSuffix(suffix)
            else { return nil }
            return (name, root.appending(path: name))
        }
    }

    /// Names and bytes of the cases' files of one name.
    static func files(
        _ file: String, of cases: [(name: String, folder: URL)] = chatCases
    ) -> [(name: String, bytes: [UInt8])] {
        cases.compactMap { name, folder in
            (try? Data(contentsOf: folder.appending(path: file))).map { (name, [UInt8]($0)) }
        }
    }
}
