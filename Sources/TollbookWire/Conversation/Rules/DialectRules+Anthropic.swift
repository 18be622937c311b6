extension DialectRules {
    /// Anthropic's messages.
    static let anthropicMessages = DialectRules(names: AnthropicRules.names, rules: AnthropicRules.all)
}

private enum AnthropicRules {
    static let names: [ConversationField: String] = [
        .model: "model",
        .instructions: "system",
        .laterInstructions: "messages[role=system]",
        .messages: "messages",
        .stream: "stream",
        .maxOutputTokens: "max_tokens",
        .stop: "stop_sequences",
        .manyStops: "stop_sequences",
        .endUser: "metadata.user_id",
        .temperature: "temperature",
        .temperatureAboveOne: "temperature",
        .topP: "top_p",
        .topK: "top_k",
        .jsonSchema: "output_config.format",
        .reasoningEffort: "output_config.effort",
        .reasoningBudget: "thinking.budget_tokens",
        .reasoningBudgetLarge: "thinking.budget_tokens",
        .reasoningOn: "thinking",
        .reasoningOff: "thinking",
        .reasoningDisplay: "thinking.display",
        .thinking: "messages[].content[type=thinking]",
        .redactedThinking: "messages[].content[type=redacted_thinking]",
        .thoughtSignature: "messages[].content[type=thinking].signature",
        .tools: "tools",
        .toolStrict: "tools[].strict",
        .toolChoice: "tool_choice",
        .parallelToolCalls: "tool_choice.disable_parallel_tool_use",
        .toolCalls: "messages[].content[type=tool_use]",
        .toolResults: "messages[].content[type=tool_result]",
        .toolResultError: "messages[].content[].is_error",
        .toolResultMedia: "messages[].content[type=tool_result].content",
        .serverTools: "tools[].type",
        .serverToolHistory: "messages[].content[].type",
        .images: "messages[].content[type=image]",
        .uploadedFiles: "messages[].content[].source.file_id",
        .documents: "messages[].content[type=document]",
        .documentURL: "messages[].content[type=document].source.url",
        .documentTitle: "messages[].content[type=document].title",
        .documentContext: "messages[].content[type=document].context",
        .citations: "messages[].content[].citations",
        .searchResults: "messages[].content[type=search_result]",
        .prefill: "messages",
        .cacheControl: "cache_control",
        .serviceTier: "service_tier",
        .serviceTierUnknown: "service_tier",
        .inferenceRegion: "inference_geo",
        .speed: "speed",
        .container: "container",
        .remoteServers: "mcp_servers",
        .contextManagement: "context_management",
        .toolsOfHistory: "messages[].content[type=tool_use]",
        .samplingWithThinking: "temperature",
        .reasoningWithForcedTool: "output_config.effort",
        .unsignedThinking: "messages[].content[type=thinking]",
        .documentType: "messages[].content[type=document].source.media_type",
        .toolChoiceNone: "tool_choice[type=none]",
        .imageURL: "messages[].content[type=image].source.url",
        .imageType: "messages[].content[type=image].source.media_type",
        .unknown: "(any other field)",
    ]

    static let all: [[ConversationField: FieldRule]] = [shared, sampling, form, thinking, toolUse, content, operations]

    private static let shared: [ConversationField: FieldRule] = [
        .model: .convert("the route's model"),
        .instructions: .convert("all go into system"),
        .laterInstructions: .adjust("instructions that come later move to the front, into system"),
        .messages: .convert("as content blocks; a message that says nothing is left out"),
        .stream: .carry,
        .maxOutputTokens: .convert("required there: where absent, the deployment's maximum"),
        .stop: .convert("a list"),
        .manyStops: .carry,
        .endUser: .convert("metadata.user_id"),
    ]

    private static let sampling: [ConversationField: FieldRule] = [
        .temperature: .carry.except("Claude takes none from 4.7 on"),
        .temperatureAboveOne: .adjust("the range ends at 1: more than 1 is sent as 1"),
        .samplingWithThinking: .drop("a model that thinks takes no temperature, top_p or top_k"),
        .topP: .carry.except(
            "a model that thinks takes none, nor Claude from 4.1 on beside temperature, or from 4.7 on"),
        .frequencyPenalty: .drop("there is no such setting"),
        .presencePenalty: .drop("there is no such setting"),
        .seed: .drop("there is no such setting; answers are not repeatable"),
        .choices: .refuse("one call gives one answer", "Send the request n times, or ask a route that serves n."),
        .logitBias: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route."),
        .logProbabilities: .refuse("log-probabilities are not told", "Leave logprobs out, or ask another route."),
        .topK: .carry.except("a model that thinks takes none, nor Claude from 4.7 on"),
    ]

    private static let form: [ConversationField: FieldRule] = [
        .jsonSchema: .convert("output_config.format; its objects get additionalProperties false where they have none"),
        .jsonSchemaName: .drop("a schema has no name there"),
        .jsonSchemaDescription: .drop("a schema has no description beside it there"),
        .jsonSchemaNotStrict: .adjust("a schema is always held strictly"),
        .jsonMode: .refuse(
            "JSON without a schema cannot be asked for", "Send response_format json_schema with a schema."),
        .answerMediaType: .drop("answers are text or JSON there"),
        .audioOutput: .refuse("answers are text", "Ask for modalities [\"text\"], or ask another route."),
        .verbosity: .drop("there is no such setting"),
        .prediction: .drop("a hint for speed that is not taken there"),
    ]

    private static let silence = "thinking disabled; unsaid for 4.7 and 4.8 and before 3.7, which do not think unasked"
    private static let alwaysThinks = "Fable, Mythos and, from 5.5 on, Opus and Sonnet always think"

    private static let thinking: [ConversationField: FieldRule] = [
        .reasoningEffort: .convert(
            "thinking with that effort (minimal is low, and xhigh is high for 4.6); for Claude before 4.6 and other "
                + "makers' models a budget, 1024 tokens for minimal, 4096 for low, 16384 for medium, 32768 above, "
                + "within the maximum"
        ).except("Claude before 3.7 does not think; a budget needs room for 1024 tokens"),
        .reasoningOn: .convert("thinking").except("Claude before 3.7 does not think"),
        .reasoningWithForcedTool: .adjust(
            "a tool that must be called leaves no thinking: an effort alone is sent, a budget is not"),
        .reasoningBudget: .convert(
            "thinking.budget_tokens; Claude from 4.7 on takes none and is told an effort: low up to 4096 tokens, "
                + "medium up to 16384, high above"
        ).except("Claude before 3.7 does not think"),
        .reasoningBudgetLarge: .convert("as any budget"),
        .reasoningOff: .convert(Self.silence).except(Self.alwaysThinks),
        .reasoningNone: .convert(Self.silence).except(Self.alwaysThinks),
        .reasoningDisplay: .convert("thinking.display, summarized unless it is omitted").except(
            "nothing is said of thinking, or it is turned off"),
        .thinking: .convert("thinking blocks with their signatures"),
        .unsignedThinking: .drop("thoughts are taken back only with their signature"),
        .redactedThinking: .convert("redacted_thinking blocks"),
        .redactedBytes: .drop("what is no text cannot be a redacted_thinking block"),
        .thoughtSignature: .drop("only Gemini takes its signatures back"),
    ]

    private static let toolUse: [ConversationField: FieldRule] = [
        .tools: .convert("input_schema"),
        .toolStrict: .carry,
        .toolChoice: .convert("required is any"),
        .allowedTools: .refuse(
            "a choice among some of the tools cannot be sent", "Send only the tools that are allowed."),
        .parallelToolCalls: .convert("tool_choice.disable_parallel_tool_use"),
        .toolCalls: .convert("tool_use blocks; ids of other characters than letters, digits, _ and - are replaced"),
        .toolResults: .convert("tool_result blocks of one user message"),
        .toolResultError: .convert("is_error"),
        .toolResultMedia: .convert("content of the tool_result block"),
        .customTools: .refuse("tools take JSON there, not free text", "Declare a function with one string argument."),
        .legacyFunctions: .refuse("functions and function_call are not translated", "Use tools and tool_choice."),
        .webSearch: .refuse("that search exists only at OpenAI", "Leave web_search_options out, or ask another route."),
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
        .serverTools: .refuse(
            "tools that the model's own provider runs exist only there",
            "Leave the tool out, or ask a model of that provider."),
        .serverToolHistory: .refuse(
            "results of tools that a provider ran cannot be sent elsewhere",
            "Leave the blocks out, or ask a model of that provider."),
        .toolsOfHistory: .carry,
        .toolChoiceNone: .carry,
    ]

    private static let content: [ConversationField: FieldRule] = [
        .images: .convert("base64 from a data URL, percent-encoded ones too, else by URL"),
        .imageDetail: .drop("there is no such setting"),
        .uploadedFiles: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
        .documents: .convert("a PDF as base64, plain text as text"),
        .documentType: .refuse("documents are PDF or UTF-8 text there", "Send a PDF or plain text."),
        .documentURL: .convert("a document by URL"),
        .audioInput: .refuse("audio is not understood", "Send a transcript, or ask another route."),
        .audioHistory: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content."),
        .refusals: .convert("text"),
        .participantName: .drop("speakers have no names there"),
        .cacheControl: .convert("cache_control; prompt_cache_breakpoint becomes one of five minutes"),
        .documentTitle: .convert("title"),
        .documentContext: .drop("it is not brought over"),
        .citations: .drop("citations of documents are not brought over"),
        .searchResults: .refuse("search results are not brought over", "Send them as text."),
        .prefill: .carry,
        .imageURL: .convert("an image by URL"),
        .imageType: .carry,
        .videoInput: .refuse("videos are no content there", "Send single images, or ask another route."),
    ]

    private static let operations: [ConversationField: FieldRule] = [
        .safetyIdentifier: .convert("metadata.user_id").except("user is sent in its place"),
        .metadata: .drop("requests carry no tags there; Tollbook's own are kept"),
        .serviceTier: .convert("auto and priority are auto, default is standard_only"),
        .serviceTierUnknown: .drop("there is no such tier"),
        .promptCacheKey: .drop("caching is steered by cache_control there"),
        .promptCacheRetention: .drop("caching is steered by cache_control there"),
        .store: .drop("answers are not stored for later there"),
        .moderation: .refuse("the answer would come without moderation", "Leave moderation out, or ask another route."),
        .contextManagement: .drop("the context is not edited in this way there"),
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
        .speed: .drop("there is no such setting"),
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
