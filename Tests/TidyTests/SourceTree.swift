import Foundation

/// The checkout that the tests were built from, found through the path of this file.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file under `Sources`, in order of its path.
    static let sources = swiftFiles(under: "Sources")

    /// Every Swift file under `Tests`, in order of its path.
    static let tests = swiftFiles(under: "Tests")

    static let manifest = SwiftFile(path: "Package.swift", text: text("Package.swift"))

    /// Every file that a reader finds in the repository, by its path from the root; build products and what git
    /// ignores are left out.
    static let files: [String] = {
        let topLevel = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return topLevel.filter { !isIgnored($0) }.flatMap { isDirectory($0) ? files(under: $0) : [$0] }.sorted()
    }()

    /// The names directly in the root.
    static var topLevelNames: [String] {
        Set(files.map { String($0.prefix { $0 != "/" }) }).sorted()
    }

    /// The text of a file; empty when it is not there or not UTF-8.
    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// Files under a directory, by their path from the root.
    static func files(under directory: String) -> [String] {
        let base = root.appending(path: directory).path
        let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return names.map { "\(directory)/\($0)" }
            .filter { path in !path.split(separator: "/").contains { isIgnored(String($0)) } && !isDirectory(path) }
            .sorted()
    }

    private static func swiftFiles(under directory: String) -> [SwiftFile] {
        files(under: directory).filter { $0.hasSuffix(".swift") }.map { SwiftFile(path: $0, text: text($0)) }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var result: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &result)
            && result.boolValue
    }

    /// What `.gitignore` names, and git's own directory.
    private static func isIgnored(_ name: String) -> Bool {
        name == ".git" || name.hasPrefix(".build") || name.hasPrefix(".tollbook") || name == "Package.resolved"
            || name == "__pycache__" || name == ".pytest_cache" || name == ".swiftpm"
    }
}
