internal import NIOCore

/// Gemini's own form of schemas, an excerpt of OpenAPI's, as JSON schema.
///
/// https://ai.google.dev/api/caching#Schema
enum GeminiSchema {
    /// - Parameters:
    ///   - path: the schema's place in the request.
    ///   - unknown: where it is noted what JSON schema has no word for.
    static func converted(_ schema: JSONView, _ path: String, _ unknown: UnknownFields) -> ByteBuffer {
        var json = JSONWriter()
        write(schema, &json) { unknown.note(path + "." + $0) }
        return json.buffer
    }

    private static func write(_ schema: JSONView, _ json: inout JSONWriter, _ drop: (String) -> Void) {
        guard schema.kind == .object else { return json.raw(schema.bytes) }
        let isNullable = schema.gemini("nullable")?.bool == true
        if isNullable, schema.gemini("type")?.text == nil { drop("nullable") }
        json.object { json in
            for (name, value) in schema.geminiMembers {
                switch name {
                case "type":
                    guard let type = value.text else {
                        drop(name)
                        continue
                    }
                    json.name("type")
                    writeType(type, isNullable, &json)
                case "nullable": continue
                case "propertyOrdering", "example": drop(name)
                case "items":
                    json.name(name)
                    write(value, &json, drop)
                case "properties":
                    json.name(name)
                    json.object { json in
                        for (key, value) in value.members {
                            json.name(key.string)
                            write(value, &json, drop)
                        }
                    }
                case "anyOf":
                    json.name(name)
                    json.array { json in
                        for element in value.elements { write(element, &json, drop) }
                    }
                case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
                    guard let count = value.geminiInteger else {
                        drop(name)
                        continue
                    }
                    json.name(name)
                    json.value(count)
                default:
                    json.name(name)
                    json.raw(value.bytes)
                }
            }
        }
    }

    private static func writeType(_ type: JSONText, _ isNullable: Bool, _ json: inout JSONWriter) {
        let name = type.string.lowercased()
        guard isNullable else { return json.value(name) }
        json.array { json in
            json.value(name)
            json.value("null")
        }
    }
}
