internal import NIOCore

/// A JSON schema whose objects take no members but those that it names, as Claude's structured answers demand.
///
/// https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
enum ClosedSchema {
    /// The schema with `additionalProperties: false` in every object that does not say.
    static func make(_ schema: ByteBuffer) -> ByteBuffer {
        guard let view = try? JSONView(schema) else { return schema }
        var json = JSONWriter()
        write(view, &json)
        return json.buffer
    }

    private static func write(_ schema: JSONView, _ json: inout JSONWriter) {
        guard schema.kind == .object else { return json.raw(schema.bytes) }
        json.object { json in
            for (name, value) in schema.members {
                json.name(name.string)
                switch name {
                case "properties", "$defs", "definitions", "patternProperties", "dependentSchemas":
                    writeNamed(value, &json)
                case "items", "anyOf", "allOf", "oneOf", "prefixItems", "not", "if", "then", "else", "contains":
                    writeEach(value, &json)
                default: json.raw(value.bytes)
                }
            }
            guard describesObject(schema), schema.member("additionalProperties") == nil else { return }
            json.name("additionalProperties")
            json.value(false)
        }
    }

    private static func describesObject(_ schema: JSONView) -> Bool {
        guard let type = schema.value("type") else { return schema.value("properties") != nil }
        if let name = type.text { return name.equals("object") }
        return type.elements.contains { $0.text?.equals("object") == true }
    }

    /// Schemas by names that are the caller's.
    private static func writeNamed(_ schemas: JSONView, _ json: inout JSONWriter) {
        guard schemas.kind == .object else { return json.raw(schemas.bytes) }
        json.object { json in
            for (name, schema) in schemas.members {
                json.name(name.string)
                write(schema, &json)
            }
        }
    }

    /// A schema, or a list of them.
    private static func writeEach(_ value: JSONView, _ json: inout JSONWriter) {
        guard value.kind == .array else { return write(value, &json) }
        json.array { json in
            for schema in value.elements { write(schema, &json) }
        }
    }
}
