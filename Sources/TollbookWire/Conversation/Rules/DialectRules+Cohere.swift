extension DialectRules {
    /// Cohere's chat, version 2: https://docs.cohere.com/reference/chat
    static let cohereChat = DialectRules(names: CohereRules.names, rules: CohereRules.all)
}

private enum CohereRules {
    /// No caller speaks the dialect, and nobody is told of its names.
    static let names: [ConversationField: String] = [:]

    static let all: [[ConversationField: FieldRule]] = [shared, sampling, form, thinking, toolUse, content, operations]

    private static let shared: [ConversationField: FieldRule] = [
        .model: .convert("the route's model"),
        .instructions: .convert("system messages"),
        .laterInstructions: .carry,
        .messages: .convert("messages with content parts"),
        .stream: .carry,
        .maxOutputTokens: .convert("max_tokens"),
        .stop: .convert("stop_sequences"),
        .manyStops: .refuse("at most 5 texts can end an answer", "Send 5 or fewer."),
        .endUser: .drop("requests name no person there"),
    ]

    private static let sampling: [ConversationField: FieldRule] = [
        .temperature: .carry,
        .temperatureAboveOne: .carry,
        .samplingWithThinking: .carry,
        .topP: .convert("p; more than 0.99 is adjusted to it"),
        .topK: .convert("k"),
        .frequencyPenalty: .convert("the range is 0 to 1: what is outside is adjusted to its end"),
        .presencePenalty: .convert("the range is 0 to 1: what is outside is adjusted to its end"),
        .seed: .carry,
        .choices: .refuse("one call gives one answer", "Send the request n times, or ask a route that serves n."),
        .logitBias: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route."),
        .logProbabilities: .refuse(
            "log-probabilities are not brought over", "Leave logprobs out, or ask another route."),
    ]

    private static let form: [ConversationField: FieldRule] = [
        .jsonSchema: .convert("response_format.json_schema"),
        .jsonSchemaName: .drop("schemas have no names there"),
        .jsonSchemaDescription: .drop("schemas have no description beside their own there"),
        .jsonSchemaNotStrict: .adjust("a schema is always held strictly"),
        .jsonMode: .convert("response_format json_object"),
        .answerMediaType: .drop("answers are text or JSON there"),
        .audioOutput: .refuse("answers are text", "Ask for modalities [\"text\"], or ask another route."),
        .verbosity: .drop("there is no such setting"),
        .prediction: .drop("a hint for speed that is not taken there"),
    ]

    private static let thinking: [ConversationField: FieldRule] = [
        .reasoningEffort: .adjust("thinking enabled: there are no levels, but a budget"),
        .reasoningWithForcedTool: .carry,
        .reasoningBudget: .convert("thinking.token_budget"),
        .reasoningOff: .convert("thinking disabled"),
        .reasoningNone: .convert("thinking disabled"),
        .reasoningDisplay: .drop("there is no such setting"),
        .thinking: .convert("thinking parts, or tool_plan beside tool calls; without signatures"),
        .unsignedThinking: .convert("thinking parts, or tool_plan beside tool calls"),
        .reasoningOn: .convert("thinking enabled"),
        .redactedBytes: .drop("only their own provider can read them"),
        .thoughtSignature: .drop("only Gemini takes its signatures back"),
        .redactedThinking: .drop("only their own provider can read them"),
        .reasoningBudgetLarge: .convert("as any budget"),
    ]

    private static let toolUse: [ConversationField: FieldRule] = [
        .tools: .convert("functions"),
        .toolsOfHistory: .carry,
        .toolChoice: .convert("REQUIRED or NONE; of a tool that must be called, it alone is sent"),
        .toolChoiceNone: .carry,
        .allowedTools: .refuse(
            "a choice among some of the tools cannot be sent", "Send only the tools that are allowed."),
        .parallelToolCalls: .drop("calls at once cannot be forbidden"),
        .toolCalls: .convert("tool_calls"),
        .toolResults: .convert("tool messages"),
        .toolResultError: .drop("results are not told from errors there"),
        .toolResultMedia: .adjust("tool messages hold text: images follow in a user message"),
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
        .toolStrict: .adjust("strict_tools holds for all tools: sent only where every tool asks for it"),
        .googleTools: .refuse("tools that Google runs exist only there", "Leave the tool out, or ask a Gemini model."),
        .googleToolSettings: .drop("it steers tools that Google runs, and there are none"),
        .googleToolHistory: .refuse(
            "results of tools that Google ran cannot be sent elsewhere",
            "Leave the parts out, or ask a Gemini model."),
        .toolAnswerSchema: .drop("the form of a tool's result is not declared there"),
    ]

    private static let content: [ConversationField: FieldRule] = [
        .images: .convert("image_url, base64 as a data URL"),
        .imageURL: .convert("image_url"),
        .imageType: .carry,
        .imageDetail: .drop("it is not brought over"),
        .uploadedFiles: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
        .documents: .refuse("messages hold text and images", "Send the document as text."),
        .documentType: .refuse("messages hold text and images", "Send the document as text."),
        .documentURL: .refuse("messages hold text and images", "Send the document as text."),
        .documentTitle: .drop("text has no title there"),
        .documentContext: .drop("it is not brought over"),
        .citations: .drop("citations of documents are not brought over"),
        .searchResults: .refuse("search results are not brought over", "Send them as text."),
        .audioInput: .refuse("audio is not understood", "Send a transcript, or ask another route."),
        .audioHistory: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content."),
        .refusals: .convert("text"),
        .participantName: .drop("speakers have no names there"),
        .prefill: .refuse(
            "an assistant's last message would be answered, not continued", "End the messages with the user's."),
        .cacheControl: .drop("caching is not steered there"),
        .videoInput: .refuse("videos are not brought over", "Send single images, or ask another route."),
    ]

    private static let operations: [ConversationField: FieldRule] = [
        .safetyIdentifier: .drop("requests name no person there"),
        .metadata: .drop("requests carry no tags there; Tollbook's own are kept"),
        .serviceTier: .drop("there are no tiers"),
        .serviceTierUnknown: .drop("there are no tiers"),
        .promptCacheKey: .drop("caching is not steered there"),
        .promptCacheRetention: .drop("caching is not steered there"),
        .store: .drop("answers are not stored for later there"),
        .moderation: .refuse("the answer would come without moderation", "Leave moderation out, or ask another route."),
        .guardrail: .refuse("Bedrock's guardrails are not there", "Leave guardrailConfig out, or ask a Bedrock model."),
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
