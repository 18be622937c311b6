internal import NIOCore

/// Gemini's own form of schemas, an excerpt of OpenAPI's, as JSON schema.
///
/// https://ai.google.dev/api/caching#Schema
enum GeminiSchema {
    static func converted(_ schema: JSONView) -> ByteBuffer {
        var json = JSONWriter()
        write(schema, &json)
        return json.buffer
    }

    private static func write(_ schema: JSONView, _ json: inout JSONWriter) {
        guard schema.kind == .object else { return json.raw(schema.bytes) }
        let isNullable = schema.gemini("nullable")?.bool == true
        json.object { json in
            for (name, value) in schema.geminiMembers {
                switch name {
                case "type":
                    guard let type = value.text else { continue }
                    json.name("type")
                    writeType(type, isNullable, &json)
                case "nullable", "propertyOrdering", "example": continue
                case "items":
                    json.name(name)
                    write(value, &json)
                case "properties":
                    json.name(name)
                    json.object { json in
                        for (key, value) in value.members {
                            json.name(key.string)
                            write(value, &json)
                        }
                    }
                case "anyOf":
                    json.name(name)
                    json.array { json in
                        for element in value.elements { write(element, &json) }
                    }
                case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
                    guard let count = value.geminiInteger else { continue }
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
