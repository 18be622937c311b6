import Foundation

/// The part of JSON Schema 2020-12 that the governance schema uses; an unknown keyword is an error, so that the
/// schema cannot say what no test checks.
struct JSONSchema {
    typealias Object = [String: Any]

    private let root: Object

    init(_ data: Data) throws {
        root = try JSONSerialization.jsonObject(with: data) as? Object ?? [:]
    }

    /// What is wrong with an instance, a line each; empty when it is valid.
    func problems(_ instance: Any) -> [String] {
        check(instance, root, at: "$")
    }

    /// A definition by its name; nil names the whole file.
    func definition(_ name: String?) -> Object {
        guard let name else { return root }
        return (root["$defs"] as? Object)?[name] as? Object ?? [:]
    }

    private static let annotations: Set = ["$schema", "$defs", "title", "description", "then", "else"]

    private func check(_ instance: Any, _ schema: Object, at path: String) -> [String] {
        schema.keys.sorted().filter { !Self.annotations.contains($0) }.flatMap { keyword -> [String] in
            guard let value = schema[keyword] else { return [] }
            return check(instance, keyword, value, schema, at: path).map { "\(path): \($0)" }
        }
    }

    private func check(_ instance: Any, _ keyword: String, _ value: Any, _ schema: Object, at path: String) -> [String]
    {
        switch keyword {
        case "$ref":
            let name = (value as? String)?.split(separator: "/").last.map(String.init)
            return check(instance, definition(name), at: path)
        case "anyOf":
            let options = value as? [Object] ?? []
            return options.contains { check(instance, $0, at: path).isEmpty } ? [] : ["fits no alternative"]
        case "allOf": return (value as? [Object] ?? []).flatMap { check(instance, $0, at: path) }
        case "not": return check(instance, value as? Object ?? [:], at: path).isEmpty ? ["fits what it must not"] : []
        case "if":
            let branch = check(instance, value as? Object ?? [:], at: path).isEmpty ? "then" : "else"
            return check(instance, schema[branch] as? Object ?? [:], at: path)
        case "type", "const", "enum": return checkKind(instance, keyword, value)
        case "minimum", "maximum", "minLength", "maxLength", "pattern":
            return checkScalar(instance, keyword, value)
        case "required", "properties", "additionalProperties", "minProperties":
            return checkObject(instance, keyword, value, schema, at: path)
        case "items", "minItems", "maxItems", "uniqueItems": return checkArray(instance, keyword, value, at: path)
        default: return ["has a keyword that the test does not know: \(keyword)"]
        }
    }

    private func checkKind(_ instance: Any, _ keyword: String, _ value: Any) -> [String] {
        switch keyword {
        case "type":
            return value as? String == Self.kind(instance) || isInteger(instance, value) ? [] : ["is no \(value)"]
        case "const": return "\(instance)" == "\(value)" ? [] : ["is not \(value)"]
        default: return (value as? [String])?.contains("\(instance)") ?? false ? [] : ["is none of the words"]
        }
    }

    private func isInteger(_ instance: Any, _ value: Any) -> Bool {
        // Every integer is a number.
        value as? String == "number" && Self.kind(instance) == "integer"
    }

    private static func kind(_ instance: Any) -> String {
        switch instance {
        case is String: "string"
        case is Int: "integer"
        case is Double: "number"
        case is [Any]: "array"
        default: "object"
        }
    }

    private func checkScalar(_ instance: Any, _ keyword: String, _ value: Any) -> [String] {
        let number = instance as? Double ?? (instance as? Int).map(Double.init)
        let limit = value as? Double ?? (value as? Int).map(Double.init) ?? .nan
        let isFine =
            switch keyword {
            case "minimum": number.map { $0 >= limit } ?? true
            case "maximum": number.map { $0 <= limit } ?? true
            case "minLength": (instance as? String).map { Double($0.count) >= limit } ?? true
            case "maxLength": (instance as? String).map { Double($0.count) <= limit } ?? true
            default: (instance as? String)?.range(of: value as? String ?? "", options: .regularExpression) != nil
            }
        return isFine ? [] : ["breaks \(keyword) \(value)"]
    }

    private func checkObject(
        _ instance: Any, _ keyword: String, _ value: Any, _ schema: Object, at path: String
    ) -> [String] {
        guard let object = instance as? Object else { return [] }
        switch keyword {
        case "required": return (value as? [String] ?? []).filter { object[$0] == nil }.map { "has no \($0)" }
        case "minProperties": return object.count >= value as? Int ?? 0 ? [] : ["has too few properties"]
        case "additionalProperties":
            let known = schema["properties"] as? Object ?? [:]
            return object.keys.sorted().filter { known[$0] == nil }.map { "has an unknown key \($0)" }
        default:
            let properties = value as? Object ?? [:]
            return object.keys.sorted().flatMap { key -> [String] in
                guard let member = object[key], let schema = properties[key] as? Object else { return [] }
                return check(member, schema, at: "\(path).\(key)")
            }
        }
    }

    private func checkArray(_ instance: Any, _ keyword: String, _ value: Any, at path: String) -> [String] {
        guard let array = instance as? [Any] else { return [] }
        switch keyword {
        case "minItems": return array.count >= value as? Int ?? 0 ? [] : ["has too few items"]
        case "maxItems": return array.count <= value as? Int ?? 0 ? [] : ["has too many items"]
        case "uniqueItems": return Set(array.map { "\($0)" }).count == array.count ? [] : ["has an item twice"]
        default:
            return array.enumerated().flatMap { offset, item in
                check(item, value as? Object ?? [:], at: "\(path)[\(offset)]")
            }
        }
    }
}
