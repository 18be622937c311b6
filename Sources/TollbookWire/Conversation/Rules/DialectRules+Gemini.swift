extension DialectRules {
    /// Gemini's `generateContent`.
    static let gemini = DialectRules(names: GeminiRules.names, rules: GeminiRules.all)
}

private enum GeminiRules {
    static let names: [ConversationField: String] = [
        .model: "model",
        .instructions: "systemInstruction",
        .messages: "contents",
        .stream: "streamGenerateContent",
        .maxOutputTokens: "generationConfig.maxOutputTokens",
        .stop: "generationConfig.stopSequences",
        .manyStops: "generationConfig.stopSequences",
        .temperature: "generationConfig.temperature",
        .temperatureAboveOne: "generationConfig.temperature",
        .samplingWithThinking: "generationConfig.temperature",
        .topP: "generationConfig.topP",
        .topK: "generationConfig.topK",
        .frequencyPenalty: "generationConfig.frequencyPenalty",
        .presencePenalty: "generationConfig.presencePenalty",
        .seed: "generationConfig.seed",
        .choices: "generationConfig.candidateCount",
        .logProbabilities: "generationConfig.responseLogprobs|logprobs",
        .jsonSchema: "generationConfig.responseSchema|responseJsonSchema",
        .jsonSchemaNotStrict: "generationConfig.responseSchema|responseJsonSchema",
        .jsonMode: "generationConfig.responseMimeType",
        .answerMediaType: "generationConfig.responseMimeType",
        .audioOutput: "generationConfig.responseModalities",
        .reasoningEffort: "generationConfig.thinkingConfig.thinkingLevel|thinkingBudget",
        .reasoningWithForcedTool: "generationConfig.thinkingConfig.thinkingLevel|thinkingBudget",
        .reasoningOff: "generationConfig.thinkingConfig.thinkingBudget",
        .reasoningDisplay: "generationConfig.thinkingConfig.includeThoughts",
        .thinking: "contents[].parts[].thoughtSignature",
        .unsignedThinking: "contents[].parts[].thought|thoughtSignature",
        .redactedThinking: "contents[].parts[].thoughtSignature",
        .thoughtSignature: "contents[].parts[].thoughtSignature",
        .tools: "tools[].functionDeclarations",
        .toolChoice: "toolConfig.functionCallingConfig.mode",
        .allowedTools: "toolConfig.functionCallingConfig.allowedFunctionNames",
        .toolCalls: "contents[].parts[].functionCall",
        .toolResults: "contents[].parts[].functionResponse",
        .toolResultError: "contents[].parts[].functionResponse.response.error",
        .toolResultMedia: "contents[].parts[].functionResponse.parts",
        .images: "contents[].parts[].inlineData|fileData",
        .uploadedFiles: "contents[].parts[].fileData",
        .documents: "contents[].parts[].inlineData",
        .documentTitle: "contents[].parts[].inlineData.displayName",
        .documentType: "contents[].parts[].inlineData.mimeType",
        .documentURL: "contents[].parts[].fileData",
        .audioInput: "contents[].parts[].inlineData",
        .metadata: "labels",
        .serviceTier: "serviceTier",
        .serviceTierUnknown: "serviceTier",
        .store: "store",
        .safetySettings: "safetySettings",
        .contentCache: "cachedContent",
        .promptScreening: "modelArmorConfig",
        .googleTools: "tools[].googleSearch",
        .googleToolSettings: "toolConfig.retrievalConfig",
        .googleToolHistory: "contents[].parts[].executableCode",
        .toolAnswerSchema: "tools[].functionDeclarations[].response",
        .mediaResolution: "generationConfig.mediaResolution",
        .mediaSettings: "generationConfig.speechConfig|imageConfig",
        .videoInput: "contents[].parts[].videoMetadata",
        .toolsOfHistory: "contents[].parts[].functionCall",
        .toolChoiceNone: "toolConfig.functionCallingConfig.mode=NONE",
        .imageURL: "contents[].parts[].fileData",
        .imageType: "contents[].parts[].inlineData.mimeType",
        .modelPicking: "generationConfig.routingConfig",
        .unknown: "(any other field)",
    ]

    static let all: [[ConversationField: FieldRule]] = [shared, sampling, form, thinking, toolUse, content, operations]

    private static let shared: [ConversationField: FieldRule] = [
        .model: .convert("the route's model, in the path"),
        .instructions: .convert("all go into systemInstruction"),
        .laterInstructions: .adjust("instructions that come later move to the front, into systemInstruction"),
        .messages: .convert("as contents of the user and the model; one that says nothing is left out"),
        .stream: .convert("streamGenerateContent with alt=sse"),
        .maxOutputTokens: .convert("generationConfig.maxOutputTokens"),
        .stop: .convert("stopSequences, up to five"),
        .manyStops: .refuse("more than five stop sequences cannot be sent", "Send at most five stop sequences."),
        .endUser: .drop("requests name no user there"),
    ]

    private static let sampling: [ConversationField: FieldRule] = [
        .temperature: .carry,
        .temperatureAboveOne: .carry,
        .samplingWithThinking: .carry,
        .topP: .convert("topP"),
        .topK: .convert("topK"),
        .frequencyPenalty: .convert("frequencyPenalty"),
        .presencePenalty: .convert("presencePenalty"),
        .seed: .convert("seed").except("a seed has 32 bits there"),
        .choices: .refuse(
            "several answers are not brought into this form",
            "Send the request n times, or ask a route that serves n."),
        .logitBias: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route."),
        .logProbabilities: .refuse(
            "log-probabilities are not brought into this form", "Leave them out, or ask another route."),
    ]

    private static let form: [ConversationField: FieldRule] = [
        .jsonSchema: .convert("responseJsonSchema with responseMimeType application/json"),
        .jsonSchemaName: .drop("a schema has no name there"),
        .jsonSchemaDescription: .drop("a schema has no description beside it there"),
        .jsonSchemaNotStrict: .adjust("a schema is always held strictly"),
        .jsonMode: .convert("responseMimeType application/json"),
        .audioOutput: .refuse("spoken answers are not brought into this form", "Ask for text, or ask another route."),
        .verbosity: .drop("there is no such setting"),
        .prediction: .drop("a hint for speed that is not taken there"),
    ]

    private static let thinking: [ConversationField: FieldRule] = [
        .reasoningEffort: .convert(
            "thinkingBudget: 1024 for low and minimal, 8192 for medium, 24576 above; thoughts are shown"),
        .reasoningWithForcedTool: .carry,
        .reasoningBudget: .convert("thinkingBudget"),
        .reasoningBudgetLarge: .adjust("more than 24576 tokens are sent as 24576"),
        .reasoningOn: .convert("thinking as the model does by itself; thoughts are shown"),
        .reasoningOff: .convert("thinkingBudget 0, which models that always think refuse"),
        .reasoningNone: .convert("thinkingBudget 0, which models that always think refuse"),
        .reasoningDisplay: .convert("includeThoughts"),
        .thinking: .convert("thoughtSignature of the part behind it; Gemini takes no words of thoughts back"),
        .unsignedThinking: .drop("only signatures of Gemini's own thoughts are taken back"),
        .redactedThinking: .drop("another provider's thoughts cannot be sent there"),
        .redactedBytes: .drop("another provider's thoughts cannot be sent there"),
        .thoughtSignature: .convert("thoughtSignature of its part"),
    ]

    private static let toolUse: [ConversationField: FieldRule] = [
        .tools: .convert("functionDeclarations with parametersJsonSchema"),
        .toolStrict: .drop("arguments are not held strictly to their schema there"),
        .toolChoice: .convert("functionCallingConfig: required is ANY, a named tool the only one allowed"),
        .allowedTools: .refuse(
            "a choice among some of the tools is not brought into this form", "Send only the tools that are allowed."),
        .parallelToolCalls: .drop("several calls at once cannot be ruled out"),
        .toolCalls: .convert("functionCall, marked as unsigned where version 3 wants a signature that is not there"),
        .toolResults: .convert("functionResponse: a JSON object as it is, else output"),
        .toolResultError: .convert("functionResponse with error"),
        .toolResultMedia: .adjust("images and documents follow the results"),
        .customTools: .refuse("tools take JSON there, not free text", "Declare a function with one string argument."),
        .legacyFunctions: .refuse("functions and function_call are not translated", "Use tools and tool_choice."),
        .serverTools: .refuse(
            "tools that the model's own provider runs exist only there",
            "Leave the tool out, or ask a model of that provider."),
        .serverToolHistory: .refuse(
            "results of tools that a provider ran cannot be sent elsewhere",
            "Leave the blocks out, or ask a model of that provider."),
        .toolsOfHistory: .convert("functionCall"),
        .toolChoiceNone: .convert("functionCallingConfig NONE"),
        .webSearch: .refuse(
            "that search exists only at OpenAI", "Leave web_search_options out, or ask another route."),
        .hostedTools: .refuse(
            "tools that OpenAI runs exist only there", "Leave the tool out, or declare a function."),
        .hostedToolHistory: .refuse(
            "items of tools that OpenAI ran cannot be sent elsewhere",
            "Leave the items out, or ask a route whose provider has the Responses API."),
        .maxToolCalls: .drop("it limits tools that the provider runs, and there are none"),
    ]

    private static let content: [ConversationField: FieldRule] = [
        .images: .convert("inlineData, by URL as fileData with the type that its ending tells"),
        .imageDetail: .drop("there is no such setting for one image"),
        .uploadedFiles: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
        .documents: .convert("inlineData, or text"),
        .documentType: .convert("inlineData with its type"),
        .documentURL: .convert("fileData with the type that its ending tells"),
        .documentTitle: .drop("files have no titles there"),
        .documentContext: .drop("there is no place beside a file for it"),
        .citations: .drop("citations of documents are not made there"),
        .searchResults: .refuse("search results are no content there", "Send them as text."),
        .audioInput: .convert("inlineData of type audio/FORMAT"),
        .audioHistory: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content."),
        .refusals: .convert("text"),
        .participantName: .drop("speakers have no names there"),
        .prefill: .refuse(
            "a last assistant message would be answered, not continued", "End messages with a user message."),
        .cacheControl: .drop("prompts are cached without marks there"),
        .imageURL: .convert("fileData with the type that its ending tells"),
        .imageType: .convert("inlineData with its type"),
        .videoInput: .refuse("videos are not brought over", "Send single images, or ask another route."),
    ]

    private static let operations: [ConversationField: FieldRule] = [
        .safetyIdentifier: .drop("requests name no user there"),
        .metadata: .drop("requests carry no tags there; Tollbook's own are kept"),
        .serviceTier: .convert("serviceTier: default and standard_only are standard"),
        .serviceTierUnknown: .drop("there is no such tier, and none in a body at Vertex AI"),
        .promptCacheKey: .drop("prompts are cached without marks there"),
        .promptCacheRetention: .drop("prompts are cached without marks there"),
        .store: .drop("answers are not stored for later there"),
        .moderation: .refuse(
            "the answer would come without moderation", "Leave moderation out, or ask another route."),
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
        .storedPrompt: .refuse("the provider keeps no prompts", "Send the prompt's text as instructions and input."),
        .itemReferences: .refuse("the provider keeps no items", "Send the item itself."),
        .truncation: .drop("the input is not cut there: one that is too long is refused"),
        .include: .drop("it names parts of answers that are not given there"),
        .unknown: .drop("not known to Tollbook"),
        .guardrail: .refuse(
            "the guardrail would not be applied", "Leave guardrailConfig out, or ask a route that Bedrock serves."),
    ]
}
