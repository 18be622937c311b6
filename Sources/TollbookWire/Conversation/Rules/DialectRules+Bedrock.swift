extension DialectRules {
    /// AWS Bedrock's Converse.
    static let bedrockConverse = DialectRules(names: BedrockRules.names, rules: BedrockRules.all)
}

private enum BedrockRules {
    static let names: [ConversationField: String] = [
        .model: "modelId",
        .instructions: "system",
        .laterInstructions: "messages[role=system]",
        .messages: "messages",
        .maxOutputTokens: "inferenceConfig.maxTokens",
        .stop: "inferenceConfig.stopSequences",
        .manyStops: "inferenceConfig.stopSequences",
        .temperature: "inferenceConfig.temperature",
        .temperatureAboveOne: "inferenceConfig.temperature",
        .samplingWithThinking: "inferenceConfig.temperature",
        .topP: "inferenceConfig.topP",
        .topK: "additionalModelRequestFields.top_k",
        .jsonSchema: "outputConfig.textFormat",
        .jsonSchemaName: "outputConfig.textFormat.structure.jsonSchema.name",
        .jsonSchemaDescription: "outputConfig.textFormat.structure.jsonSchema.description",
        .reasoningEffort: "outputConfig.effort",
        .reasoningWithForcedTool: "outputConfig.effort",
        .reasoningBudget: "additionalModelRequestFields.thinking.budget_tokens",
        .reasoningBudgetLarge: "additionalModelRequestFields.thinking.budget_tokens",
        .reasoningOn: "additionalModelRequestFields.thinking",
        .reasoningOff: "additionalModelRequestFields.thinking",
        .reasoningDisplay: "additionalModelRequestFields.thinking.display",
        .thinking: "messages[].content[].reasoningContent",
        .unsignedThinking: "messages[].content[].reasoningContent",
        .redactedThinking: "messages[].content[].reasoningContent.redactedContent",
        .redactedBytes: "messages[].content[].reasoningContent.redactedContent",
        .tools: "toolConfig.tools",
        .toolStrict: "toolConfig.tools[].toolSpec.strict",
        .toolChoice: "toolConfig.toolChoice",
        .allowedTools: "messages[].content[].toolAddition|toolRemoval",
        .toolCalls: "messages[].content[].toolUse",
        .toolResults: "messages[].content[].toolResult",
        .toolResultError: "messages[].content[].toolResult.status",
        .toolResultMedia: "messages[].content[].toolResult.content",
        .serverTools: "toolConfig.tools[].systemTool",
        .serverToolHistory: "messages[].content[].toolUse.type",
        .images: "messages[].content[].image",
        .uploadedFiles: "messages[].content[].source.s3Location",
        .documents: "messages[].content[].document",
        .documentType: "messages[].content[].document.format",
        .documentTitle: "messages[].content[].document.name",
        .documentContext: "messages[].content[].document.context",
        .citations: "messages[].content[].citations",
        .searchResults: "messages[].content[].searchResult",
        .audioInput: "messages[].content[].audio",
        .prefill: "messages",
        .cacheControl: "messages[].content[].cachePoint",
        .metadata: "requestMetadata",
        .serviceTier: "serviceTier.type",
        .serviceTierUnknown: "serviceTier.type",
        .speed: "performanceConfig",
        .storedPrompt: "promptVariables",
        .include: "additionalModelResponseFieldPaths",
        .guardrail: "guardrailConfig",
        .videoInput: "messages[].content[].video",
        .unknown: "(any other field)",
    ]

    static let all: [[ConversationField: FieldRule]] = [shared, sampling, form, thinking, toolUse, content, operations]

    private static let shared: [ConversationField: FieldRule] = [
        .model: .convert("the route's model, in the path"),
        .instructions: .convert("all go into system"),
        .laterInstructions: .adjust("instructions that come later move to the front, into system"),
        .messages: .convert(
            "as content blocks; what one party says in a row is one message, and one that says nothing is left out"),
        .stream: .convert("converse-stream instead of converse"),
        .maxOutputTokens: .convert("inferenceConfig.maxTokens"),
        .stop: .convert("inferenceConfig.stopSequences"),
        .manyStops: .carry,
        .endUser: .drop("requests name no person there"),
    ]

    private static let sampling: [ConversationField: FieldRule] = [
        .temperature: .convert("inferenceConfig.temperature").except("Claude takes none from 4.7 on"),
        .temperatureAboveOne: .adjust("the range ends at 1: more than 1 is sent as 1"),
        .samplingWithThinking: .drop("a Claude model that thinks takes neither temperature nor top_p"),
        .topP: .convert("inferenceConfig.topP").except(
            "Claude that thinks takes none, nor from 4.1 on beside temperature, or from 4.7 on"),
        .topK: .convert(
            "additionalModelRequestFields: top_k for Claude that does not think, inferenceConfig.topK for Nova"
        ).except("Claude that thinks takes none, nor from 4.7 on, nor other models"),
        .frequencyPenalty: .drop("there is no such setting"),
        .presencePenalty: .drop("there is no such setting"),
        .seed: .drop("there is no such setting; answers are not repeatable"),
        .choices: .refuse("one call gives one answer", "Send the request n times, or ask a route that serves n."),
        .logitBias: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route."),
        .logProbabilities: .refuse("log-probabilities are not told", "Leave logprobs out, or ask another route."),
    ]

    private static let form: [ConversationField: FieldRule] = [
        .jsonSchema: .convert(
            "outputConfig.textFormat; for Claude its objects get additionalProperties false where they have none"),
        .jsonSchemaName: .convert("outputConfig.textFormat.structure.jsonSchema.name"),
        .jsonSchemaDescription: .convert("outputConfig.textFormat.structure.jsonSchema.description"),
        .jsonSchemaNotStrict: .adjust("a schema is always held strictly"),
        .jsonMode: .refuse(
            "JSON without a schema cannot be asked for", "Send response_format json_schema with a schema."),
        .answerMediaType: .drop("answers are text or JSON there"),
        .audioOutput: .refuse("answers are text", "Ask for modalities [\"text\"], or ask another route."),
        .verbosity: .drop("there is no such setting"),
        .prediction: .drop("a hint for speed that is not taken there"),
    ]

    private static let silence =
        "thinking disabled for Claude; unsaid for 4.7 and 4.8 and before 3.7, which do not think unasked"
    private static let alwaysThinks =
        "Fable, Mythos and, from 5.5 on, Opus and Sonnet always think; other models are told nothing of it"

    private static let thinking: [ConversationField: FieldRule] = [
        .reasoningEffort: .convert(
            "for Claude outputConfig.effort with thinking, or before 4.6 a budget of tokens, as at Anthropic; for "
                + "Nova 2 and gpt-oss the nearest of their three levels"
        ).except("other models, and Claude before 3.7, are told nothing of it; a budget needs room for 1024 tokens"),
        .reasoningOn: .convert("thinking for Claude").except("other models, and Claude before 3.7, do not think"),
        .reasoningWithForcedTool: .adjust(
            "a tool that must be called leaves Claude no thinking: an effort alone is sent, a budget is not"),
        .reasoningBudget: .convert(
            "for Claude additionalModelRequestFields.thinking, from 4.7 on an effort; for Nova 2 and gpt-oss low up to "
                + "4096 tokens, medium up to 16384, high above"
        ).except("other models, and Claude before 3.7, are told nothing of it"),
        .reasoningOff: .convert(Self.silence).except(Self.alwaysThinks),
        .reasoningNone: .convert(Self.silence).except(Self.alwaysThinks),
        .reasoningDisplay: .convert("thinking.display for Claude, summarized unless it is omitted").except(
            "nothing is said of thinking, or it is turned off, or the model is no Claude"),
        .thinking: .convert("reasoningContent with the signature"),
        .unsignedThinking: .drop("thoughts are taken back only with their signature"),
        .redactedThinking: .convert("reasoningContent.redactedContent"),
        .thoughtSignature: .drop("only Gemini takes its signatures back"),
        .reasoningBudgetLarge: .convert("as any budget"),
    ]

    private static let toolUse: [ConversationField: FieldRule] = [
        .tools: .convert("toolSpec"),
        .toolsOfHistory: .adjust(
            "a conversation with tool calls must declare tools: those that were called, with any input"),
        .toolChoice: .convert("required is any; for none the tools are left out"),
        .toolChoiceNone: .adjust("a conversation with tool calls must declare tools, and none cannot be said: auto"),
        .allowedTools: .refuse(
            "a choice among some of the tools cannot be sent", "Send only the tools that are allowed."),
        .parallelToolCalls: .drop("calls at once cannot be forbidden"),
        .toolCalls: .convert(
            "toolUse blocks; ids of more than 64 characters, or others than letters, digits and _.:-, are replaced"),
        .toolResults: .convert("toolResult blocks of one user message"),
        .toolResultError: .convert("status error"),
        .toolResultMedia: .convert("content of the toolResult block"),
        .customTools: .refuse("tools take JSON there, not free text", "Declare a function with one string argument."),
        .legacyFunctions: .refuse("functions and function_call are not translated", "Use tools and tool_choice."),
        .serverTools: .refuse(
            "tools that the model's own provider runs exist only there",
            "Leave the tool out, or ask a model of that provider."),
        .serverToolHistory: .refuse(
            "results of tools that a provider ran cannot be sent elsewhere",
            "Leave the blocks out, or ask a model of that provider."),
        .webSearch: .refuse("that search exists only at OpenAI", "Leave web_search_options out, or ask another route."),
        .hostedTools: .refuse("tools that OpenAI runs exist only there", "Leave the tool out, or declare a function."),
        .hostedToolHistory: .refuse(
            "items of tools that OpenAI ran cannot be sent elsewhere",
            "Leave the items out, or ask a route whose provider has the Responses API."),
        .maxToolCalls: .drop("it limits tools that the provider runs, and there are none"),
        .toolStrict: .carry,
        .googleTools: .refuse("tools that Google runs exist only there", "Leave the tool out, or ask a Gemini model."),
        .googleToolSettings: .drop("it steers tools that Google runs, and there are none"),
        .googleToolHistory: .refuse(
            "results of tools that Google ran cannot be sent elsewhere",
            "Leave the parts out, or ask a Gemini model."),
        .toolAnswerSchema: .drop("the form of a tool's result is not declared there"),
    ]

    private static let content: [ConversationField: FieldRule] = [
        .images: .convert("image with the bytes"),
        .imageURL: .refuse("images are sent as bytes there, and none is fetched", "Send the image as base64."),
        .imageType: .refuse("images are PNG, JPEG, GIF or WebP there", "Send one of these."),
        .imageDetail: .drop("there is no such setting"),
        .uploadedFiles: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
        .documents: .convert("document with the bytes; text as a txt file"),
        .documentType: .refuse(
            "documents are PDF, text, HTML, Markdown, CSV, Word or Excel there", "Send one of these."),
        .documentURL: .refuse("documents are sent as bytes there, and none is fetched", "Send the document as base64."),
        .documentTitle: .convert("name, of letters, digits, hyphens, parentheses, brackets and blanks"),
        .documentContext: .drop("it is not brought over"),
        .citations: .drop("citations of documents are not brought over"),
        .searchResults: .refuse("search results are not brought over", "Send them as text."),
        .audioInput: .convert("audio with the bytes"),
        .audioHistory: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content."),
        .refusals: .convert("text"),
        .participantName: .drop("speakers have no names there"),
        .prefill: .carry,
        .cacheControl: .convert("cachePoint for Claude and Nova").except(
            "other models' prompts take no marks, and a mark's members beside ttl have no place"),
        .videoInput: .refuse("videos are not brought over", "Send single images, or ask another route."),
    ]

    private static let operations: [ConversationField: FieldRule] = [
        .safetyIdentifier: .drop("requests name no person there"),
        .metadata: .convert("requestMetadata").except("what does not fit its characters and lengths is left out"),
        .serviceTier: .convert("serviceTier; standard_only is default, and auto is left unsaid"),
        .serviceTierUnknown: .drop("there is no such tier"),
        .promptCacheKey: .drop("caching is steered by cache points there"),
        .promptCacheRetention: .drop("caching is steered by cache points there"),
        .store: .drop("answers are not stored for later there"),
        .moderation: .refuse("the answer would come without moderation", "Leave moderation out, or ask another route."),
        .inferenceRegion: .refuse("the region cannot be asked for", "Leave it out and set the project's regions."),
        .speed: .drop("there is no such setting"),
        .container: .refuse("containers exist only at Anthropic", "Leave it out, or ask an Anthropic model."),
        .remoteServers: .refuse("MCP servers are not called there", "Leave them out, or ask an Anthropic model."),
        .contextManagement: .drop("the context is not edited there"),
        .previousResponse: .refuse(
            "the provider keeps no responses",
            "Send the whole conversation as input, or ask a route whose provider has the Responses API."),
        .storedConversation: .refuse(
            "the provider keeps no conversations",
            "Send the whole conversation as input, or ask a route whose provider has the Responses API."),
        .storedPrompt: .refuse(
            "the provider keeps no such prompt", "Send the prompt's text as instructions and input."),
        .itemReferences: .refuse("the provider keeps no items", "Send the item itself."),
        .truncation: .drop("the input is not cut there: one that is too long is refused"),
        .include: .drop("it names parts of answers that are not given there"),
        .unknown: .drop("not known to Tollbook"),
        .safetySettings: .drop("filters are not set there"),
        .contentCache: .refuse("a cache made at one provider is unknown to another", "Send the content itself."),
        .promptScreening: .refuse(
            "nothing would screen the prompt", "Leave modelArmorConfig out, or ask a Gemini model."),
        .mediaResolution: .drop("there is no such setting"),
        .mediaSettings: .drop("answers are text"),
        .modelPicking: .drop("the route picks the model"),
    ]
}
