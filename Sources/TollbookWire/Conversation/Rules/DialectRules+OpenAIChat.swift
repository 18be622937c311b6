extension DialectRules {
    /// OpenAI's chat completions.
    static let openAIChat = DialectRules(names: OpenAIChatRules.names, rules: OpenAIChatRules.all)
}

private enum OpenAIChatRules {
    static let names: [ConversationField: String] = [
        .model: "model",
        .instructions: "messages[role=system|developer]",
        .laterInstructions: "messages[role=system|developer]",
        .messages: "messages",
        .stream: "stream",
        .maxOutputTokens: "max_completion_tokens|max_tokens",
        .stop: "stop",
        .manyStops: "stop",
        .endUser: "user",
        .temperature: "temperature",
        .temperatureAboveOne: "temperature",
        .samplingWithThinking: "temperature",
        .topP: "top_p",
        .frequencyPenalty: "frequency_penalty",
        .presencePenalty: "presence_penalty",
        .seed: "seed",
        .choices: "n",
        .logitBias: "logit_bias",
        .logProbabilities: "logprobs",
        .jsonSchema: "response_format.json_schema",
        .jsonSchemaName: "response_format.json_schema.name",
        .jsonSchemaDescription: "response_format.json_schema.description",
        .jsonSchemaNotStrict: "response_format.json_schema.strict",
        .jsonMode: "response_format",
        .audioOutput: "modalities",
        .verbosity: "verbosity",
        .prediction: "prediction",
        .reasoningEffort: "reasoning_effort",
        .reasoningWithForcedTool: "reasoning_effort",
        .reasoningOff: "reasoning_effort",
        .thinking: "messages[].thinking_blocks",
        .unsignedThinking: "messages[].reasoning_content",
        .redactedThinking: "messages[].thinking_blocks",
        .thoughtSignature: "messages[].extra_content.google.thought_signature",
        .tools: "tools",
        .toolStrict: "tools[].function.strict",
        .toolChoice: "tool_choice",
        .allowedTools: "tool_choice",
        .parallelToolCalls: "parallel_tool_calls",
        .toolCalls: "messages[].tool_calls",
        .toolResults: "messages[role=tool]",
        .toolResultMedia: "messages[role=tool].content",
        .customTools: "tools[type=custom]",
        .legacyFunctions: "functions",
        .webSearch: "web_search_options",
        .images: "messages[].content[type=image_url]",
        .imageDetail: "messages[].content[].image_url.detail",
        .uploadedFiles: "messages[].content[].file.file_id",
        .documents: "messages[].content[type=file]",
        .documentType: "messages[].content[].file.file_data",
        .documentTitle: "messages[].content[].file.filename",
        .audioInput: "messages[].content[type=input_audio]",
        .audioHistory: "messages[].audio",
        .refusals: "messages[].refusal",
        .participantName: "messages[].name",
        .cacheControl: "messages[].content[].cache_control",
        .safetyIdentifier: "safety_identifier",
        .metadata: "metadata",
        .serviceTier: "service_tier",
        .serviceTierUnknown: "service_tier",
        .promptCacheKey: "prompt_cache_key",
        .promptCacheRetention: "prompt_cache_retention",
        .store: "store",
        .moderation: "moderation",
        .toolsOfHistory: "messages[].tool_calls",
        .toolChoiceNone: "tool_choice=none",
        .imageURL: "messages[].content[].image_url.url",
        .imageType: "messages[].content[].image_url.url",
        .unknown: "(any other field)",
    ]

    static let all: [[ConversationField: FieldRule]] = [shared, sampling, form, thinking, toolUse, content, operations]

    private static let preset = "a preset says that the provider has no such field"

    private static let shared: [ConversationField: FieldRule] = [
        .model: .convert("the route's model"),
        .instructions: .convert("a system message"),
        .laterInstructions: .convert("a system message in its place"),
        .messages: .convert("as messages"),
        .stream: .convert("with stream_options.include_usage, which the settlement reads"),
        .maxOutputTokens: .convert("max_completion_tokens, or max_tokens for servers that know only that"),
        .stop: .convert("a list of up to four"),
        .manyStops: .refuse("more than four stop sequences cannot be sent", "Send at most four stop_sequences."),
        .endUser: .convert("user").except(Self.preset),
    ]

    private static let sampling: [ConversationField: FieldRule] = [
        .temperature: .carry,
        .temperatureAboveOne: .carry,
        .samplingWithThinking: .carry,
        .topP: .carry,
        .topK: .drop("there is no such setting"),
        .logProbabilities: .refuse(
            "log-probabilities are not brought into this form", "Leave top_logprobs and its include out."),
        .frequencyPenalty: .carry,
        .presencePenalty: .carry,
        .seed: .carry.except("a preset names it random_seed, which is not negative"),
        .choices: .refuse("several answers are not brought into this form", "Send the request once for each."),
    ]

    private static let form: [ConversationField: FieldRule] = [
        .jsonSchema: .convert("response_format, strict, named output"),
        .jsonSchemaName: .carry,
        .jsonSchemaDescription: .carry,
        .jsonSchemaNotStrict: .carry,
        .jsonMode: .convert("response_format"),
        .verbosity: .drop("few servers know it"),
        .answerMediaType: .drop("answers are text or JSON there"),
        .audioOutput: .refuse("spoken and drawn answers are not brought into this form", "Ask for text."),
    ]

    private static let thinking: [ConversationField: FieldRule] = [
        .reasoningEffort: .convert(
            "reasoning_effort; where a preset has none and high alone, none for minimal and low, else high"),
        .reasoningWithForcedTool: .carry,
        .reasoningBudget: .convert("reasoning_effort: low up to 4096 tokens, medium up to 16384, high above"),
        .reasoningOn: .drop("there is no word for it without an effort"),
        .reasoningOff: .drop("not every model can be told not to think"),
        .reasoningNone: .carry,
        .reasoningDisplay: .drop("thoughts are shown by the provider's rule"),
        .thinking: .drop("thoughts cannot be sent back there"),
        .unsignedThinking: .drop("thoughts cannot be sent back there"),
        .redactedThinking: .drop("thoughts cannot be sent back there"),
        .redactedBytes: .drop("thoughts cannot be sent back there"),
        .thoughtSignature: .drop("only Gemini takes its signatures back"),
        .reasoningBudgetLarge: .convert("reasoning_effort: low up to 4096 tokens, medium up to 16384, high above"),
    ]

    private static let toolUse: [ConversationField: FieldRule] = [
        .tools: .convert("functions"),
        .toolStrict: .carry,
        .toolChoice: .convert("any is required"),
        .allowedTools: .refuse(
            "a choice among some of the tools is known to few servers", "Send only the tools that are allowed."),
        .parallelToolCalls: .convert("parallel_tool_calls"),
        .toolCalls: .convert("tool_calls, with ids of nine letters where a preset says so"),
        .toolResults: .convert("tool messages, with the ids of their calls"),
        .toolResultError: .drop("a tool message cannot be marked as an error; its content says so"),
        .toolResultMedia: .adjust("tool messages hold text: images and documents follow in a user message"),
        .customTools: .refuse("tools take JSON there, not free text", "Declare a function with one string argument."),
        .serverTools: .refuse(
            "tools that the model's own provider runs exist only there",
            "Leave the tool out, or ask a model of that provider."),
        .serverToolHistory: .refuse(
            "results of tools that a provider ran cannot be sent elsewhere",
            "Leave the blocks out, or ask a model of that provider."),
        .hostedTools: .refuse("tools that OpenAI runs exist only there", "Leave the tool out, or declare a function."),
        .hostedToolHistory: .refuse(
            "items of tools that OpenAI ran cannot be sent elsewhere",
            "Leave the items out, or ask a route whose provider has the Responses API."),
        .maxToolCalls: .drop("it limits tools that the provider runs, and there are none"),
        .googleTools: .refuse("tools that Google runs exist only there", "Leave the tool out, or ask a Gemini model."),
        .googleToolSettings: .drop("it steers tools that Google runs, and there are none"),
        .googleToolHistory: .refuse(
            "results of tools that Google ran cannot be sent elsewhere",
            "Leave the parts out, or ask a Gemini model."),
        .toolAnswerSchema: .drop("the form of a tool's result is not declared there"),
        .toolsOfHistory: .convert("tool_calls"),
        .toolChoiceNone: .carry,
    ]

    private static let content: [ConversationField: FieldRule] = [
        .images: .convert("image_url, base64 as a data URL"),
        .imageDetail: .drop("not every server knows it"),
        .uploadedFiles: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
        .documents: .convert("file_data, or document_url where a preset says so, or text"),
        .documentType: .convert("file_data, as a data URL"),
        .documentURL: .refuse(
            "documents cannot be sent by URL, unless a preset has document_url", "Send the document as base64."),
        .documentTitle: .drop("text that is sent as text has no title"),
        .documentContext: .drop("there is no place beside a file for it"),
        .citations: .drop("citations of documents are not made there"),
        .searchResults: .refuse("search results are no content there", "Send them as text."),
        .audioInput: .convert("input_audio"),
        .refusals: .convert("refusal, or text where a preset has none"),
        .prefill: .refuse(
            "a last assistant message would be answered, not continued", "End messages with a user message."),
        .cacheControl: .drop("prompts are cached without marks there"),
        .imageURL: .convert("image_url"),
        .imageType: .convert("image_url, as a data URL"),
        .videoInput: .refuse("videos are no content there", "Send single images, or ask another route."),
    ]

    private static let operations: [ConversationField: FieldRule] = [
        .safetyIdentifier: .convert("user").except("user is sent in its place, or " + Self.preset),
        .metadata: .drop("requests carry no tags there; Tollbook's own are kept"),
        .serviceTier: .convert("standard_only is default").except(Self.preset),
        .serviceTierUnknown: .drop("there is no such tier"),
        .promptCacheKey: .drop("few servers know it"),
        .promptCacheRetention: .drop("few servers know it"),
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
        .storedPrompt: .refuse("the provider keeps no prompts", "Send the prompt's text as instructions and input."),
        .itemReferences: .refuse("the provider keeps no items", "Send the item itself."),
        .truncation: .drop("the input is not cut there: one that is too long is refused"),
        .include: .drop("it names parts of answers that are not given there"),
        .guardrail: .refuse(
            "the guardrail would not be applied", "Leave guardrailConfig out, or ask a route that Bedrock serves."),
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
