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
                ?? anthropicSample(bytes, tool)
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
        guard let name = JSONLookup.value(bytes, tool, "name").flatMap({ JSONText.string(bytes, $0) }),
            let schema = JSONLookup.value(bytes, tool, "inputSchema").flatMap({ JSONLookup.value(bytes, $0, "json") })
        else { return nil }
        return ToolSample(name: name, isCustom: false, arguments: SchemaSample.make(bytes, schema))
    }

    /// Anthropic's form: name and schema at the top. Tools that the provider runs itself have no schema.
    private static func anthropicSample(_ bytes: UnsafeRawBufferPointer, _ tool: Range<Int>) -> ToolSample? {
        guard let name = JSONLookup.value(bytes, tool, "name").flatMap({ JSONText.string(bytes, $0) }),
            let schema = JSONLookup.value(bytes, tool, "input_schema")
        else { return nil }
        return ToolSample(name: name, isCustom: false, arguments: SchemaSample.make(bytes, schema))
    }
}
