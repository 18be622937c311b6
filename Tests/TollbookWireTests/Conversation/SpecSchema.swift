import Foundation

/// The part of JSON schema that the providers' published descriptions use to say what a body must be. Bounds,
/// formats and patterns are not checked.
struct SpecSchema {
    typealias Object = [String: Any]

    static let missing = "no specs: set TOLLBOOK_SHARED to the folder that holds them"

    private let document: Object
    private let root: Object

    static var arePresent: Bool {
        Recordings.root.map { FileManager.default.fileExists(atPath: specs($0).path) } ?? false
    }

    /// - Parameter schema: a name under `components/schemas`; nil for the whole file.
    init?(_ file: String, schema: String? = nil) {
        guard let recordings = Recordings.root,
            let data = try? Data(contentsOf: Self.specs(recordings).appending(path: file)),
            let document = try? JSONSerialization.jsonObject(with: data) as? Object
        else { return nil }
        self.document = document
        root = schema.map { ["$ref": "#/components/schemas/\($0)"] } ?? document
    }

    private static func specs(_ recordings: URL) -> URL {
        recordings.deletingLastPathComponent().appending(path: "specs")
    }

    /// What is wrong with an instance, a line each.
    func problems(_ instance: Any) -> [String] { check(instance, root, "$") }

    /// Names directly in an object that the schema does not know.
    func unknownNames(_ instance: Any) -> [String] {
        let known = names(root)
        return (instance as? Object ?? [:]).keys.filter { !known.contains($0) }.sorted()
    }

    private func names(_ schema: Object) -> Set<String> {
        var names = Set((schema["properties"] as? Object ?? [:]).keys)
        if let target = schema["$ref"] as? String { names.formUnion(self.names(resolve(target))) }
        for part in schema["allOf"] as? [Object] ?? [] { names.formUnion(self.names(part)) }
        return names
    }

    private func resolve(_ reference: String) -> Object {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] as? Object ?? [:] }
    }

    private func check(_ instance: Any, _ schema: Object, _ path: String) -> [String] {
        var problems: [String] = []
        if let target = schema["$ref"] as? String { problems += check(instance, resolve(target), path) }
        for part in schema["allOf"] as? [Object] ?? [] { problems += check(instance, part, path) }
        if let options = (schema["anyOf"] ?? schema["oneOf"]) as? [Object] {
            let all = options.map { check(instance, $0, path) }
            if !all.contains([]) {
                problems += ["\(path): fits no alternative"] + (all.min { $0.count < $1.count } ?? [])
            }
        }
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.fits(instance, $0) }) {
            problems.append("\(path): is no \(types.joined(separator: " or "))")
        }
        if let const = schema["const"], "\(const)" != "\(instance)" { problems.append("\(path): is not \(const)") }
        if let words = schema["enum"] as? [Any], !words.contains(where: { "\($0)" == "\(instance)" }) {
            problems.append("\(path): is none of the words")
        }
        return problems + checkChildren(instance, schema, path)
    }

    private func checkChildren(_ instance: Any, _ schema: Object, _ path: String) -> [String] {
        if let object = instance as? Object {
            let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
            let members = (schema["properties"] as? Object ?? [:]).sorted { $0.key < $1.key }
            return missing.map { "\(path): has no \($0)" }
                + members.flatMap { name, value -> [String] in
                    guard let member = object[name], let value = value as? Object else { return [] }
                    return check(member, value, "\(path).\(name)")
                }
        }
        guard let array = instance as? [Any], let items = schema["items"] as? Object else { return [] }
        return array.enumerated().flatMap { check($1, items, "\(path)[\($0)]") }
    }

    private static func fits(_ instance: Any, _ type: String) -> Bool {
        switch type {
        case "object": instance is Object
        case "array": instance is [Any]
        case "string": instance is String
        case "null": instance is NSNull
        default: instance is NSNumber
        }
    }
}
