/// One offered tool and the arguments with which the simulator calls it.
struct ToolSample: Sendable, Equatable {
    let name: String
    /// Whether the tool takes free text (`type: custom`) and not JSON.
    let isCustom: Bool
    /// Arguments (JSON text that fits the tool's schema) or free text.
    let arguments: String

    /// The offered tools that have a name, from the array in `range`.
    static func all(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [ToolSample] {
        JSONLookup.elements(bytes, range).prefix(SimulatorLimits.toolCalls).compactMap { sample(bytes, $0) }
    }

    /// The tool that an object `tool_choice` names.
    static func nameChosen(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        let body = JSONLookup.value(bytes, range, "function") ?? JSONLookup.value(bytes, range, "custom")
        return body.flatMap { JSONLookup.value(bytes, $0, "name") }.flatMap { JSONText.string(bytes, $0) }
    }

    private static func sample(_ bytes: UnsafeRawBufferPointer, _ tool: Range<Int>) -> ToolSample? {
        guard let name = nameChosen(bytes, tool) else {
            return JSONLookup.value(bytes, tool, "toolSpec").map { converseSample(bytes, $0) }
                ?? flatSample(bytes, tool)
        }
        if let function = JSONLookup.value(bytes, tool, "function") {
            let schema = JSONLookup.value(bytes, function, "parameters")
            return ToolSample(
                name: name, isCustom: false, arguments: schema.map { SchemaSample.make(bytes, $0) } ?? "{}")
        }
        return ToolSample(name: name, isCustom: true, arguments: "lorem ipsum dolor")
    }

    /// Converse's form: `{"toolSpec":{"name":…,"inputSchema":{"json":…}}}`.
    private static func converseSample(_ bytes: UnsafeRawBufferPointer, _ tool: Range<Int>) -> ToolSample? {
        guard let name = name(bytes, tool),
            let schema = JSONLookup.value(bytes, tool, "inputSchema").flatMap({ JSONLookup.value(bytes, $0, "json") })
        else { return nil }
        return ToolSample(name: name, isCustom: false, arguments: SchemaSample.make(bytes, schema))
    }

    /// The name at the top of a tool or of a choice.
    static func name(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        JSONLookup.value(bytes, range, "name").flatMap { JSONText.string(bytes, $0) }
    }

    /// The form of Anthropic and of OpenAI responses: name and schema at the top. Tools that the provider runs itself
    /// have no schema, or no name.
    private static func flatSample(_ bytes: UnsafeRawBufferPointer, _ tool: Range<Int>) -> ToolSample? {
        guard let name = name(bytes, tool) else { return nil }
        if let schema = JSONLookup.value(bytes, tool, "input_schema") {
            return ToolSample(name: name, isCustom: false, arguments: SchemaSample.make(bytes, schema))
        }
        switch JSONLookup.value(bytes, tool, "type").flatMap({ JSONText.string(bytes, $0) }) {
        case "function":
            let schema = JSONLookup.value(bytes, tool, "parameters")
            return ToolSample(
                name: name, isCustom: false, arguments: schema.map { SchemaSample.make(bytes, $0) } ?? "{}")
        case "custom": return ToolSample(name: name, isCustom: true, arguments: "lorem ipsum dolor")
        default: return nil
        }
    }
}
