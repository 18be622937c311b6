internal import Foundation
package import TollbookCore
internal import TollbookLedger
package import TollbookPolicy

/// Reads a governance file, or all files of a directory as one document.
package enum GovernanceFiles {
    /// A directory with more is not one that a person keeps.
    private static let maximumFiles = 1_000
    private static let endings = [".yaml", ".yml", ".json"]

    /// Reads and checks everything that needs no ledger.
    ///
    /// - Parameter path: a file, a directory (every `*.yaml`, `*.yml` and `*.json` in it, sorted by name), or `-`
    ///   for standard input. All files together have at most 4 MiB.
    /// - Throws: `GovernanceDocumentError` with up to 20 problems; `TollbookError` with `governance_unreadable` when
    ///   there is nothing to read.
    package static func read(path: String) throws -> GovernanceDocument {
        var document = GovernanceDocument()
        var problems: [GovernanceProblem] = []
        var room = YAMLText.maximumBytes
        for file in try files(at: path) {
            let bytes = try contents(of: file, maximum: room)
            room -= min(room, bytes.count)
            let part = try read(bytes, file: file == "-" ? "(standard input)" : file)
            problems += part.problems + document.merge(part.document)
        }
        // A file that is wrong by itself would be told a second time with the others.
        if problems.isEmpty { problems = check(document) }
        guard problems.isEmpty else { throw GovernanceDocumentError(problems) }
        return document
    }

    /// Reads and checks the text of one document.
    ///
    /// - Throws: `GovernanceDocumentError`.
    package static func read(text: String, file: String) throws(GovernanceDocumentError) -> GovernanceDocument {
        let (document, problems) = try read(Array(text.utf8), file: file)
        guard problems.isEmpty else { throw GovernanceDocumentError(problems) }
        return document
    }

    private static func read(
        _ bytes: [UInt8], file: String
    ) throws(GovernanceDocumentError) -> (document: GovernanceDocument, problems: [GovernanceProblem]) {
        let (document, problems) = try GovernanceReader.read(bytes, file: file)
        return (document, problems + check(document))
    }

    private static func check(_ document: GovernanceDocument) -> [GovernanceProblem] {
        DocumentValidation.problems(in: document, timeZoneRule: TimeZoneRule.violation)
    }

    private static func files(at path: String) throws -> [String] {
        var isDirectory: ObjCBool = false
        guard path != "-" else { return [path] }
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw TollbookError(.governanceUnreadable, "there is no file \(Quoted.text(path))", hint: "Check the path.")
        }
        guard isDirectory.boolValue else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            !name.hasPrefix(".") && endings.contains(where: name.hasSuffix)
        }
        guard (1...maximumFiles).contains(names.count) else {
            let patterns = Quoted.alternatives(endings.map { "*" + $0 })
            throw TollbookError(
                .governanceUnreadable, "the directory \(Quoted.text(path)) has \(names.count) governance files",
                hint: "Put from 1 to \(maximumFiles) files named \(patterns) into it.")
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { base + $0 }
    }

    /// At most one byte more than `maximum`, which is then refused as too long.
    private static func contents(of file: String, maximum: Int) throws -> [UInt8] {
        let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        guard let handle else {
            throw TollbookError(
                .governanceUnreadable, "the file \(Quoted.text(file)) cannot be opened", hint: "Check its permissions.")
        }
        var bytes: [UInt8] = []
        while bytes.count <= maximum, let part = try handle.read(upToCount: maximum + 1 - bytes.count), !part.isEmpty {
            bytes += part
        }
        guard bytes.count <= maximum else {
            throw TollbookError(
                .governanceUnreadable, "the governance files have more than \(YAMLText.maximumBytes >> 20) MiB",
                hint: "Split them into several that are applied one by one, with a manager each.")
        }
        return bytes
    }
}

extension TollbookError.Code {
    /// There is no governance file where one was named, or it cannot be read.
    package static let governanceUnreadable = TollbookError.Code(rawValue: "governance_unreadable")
}
