extension FieldRules {
    /// Every rule. The documented table is made from this one.
    package static let table: [FieldRules] = shared + sampling + form + thinking + toolUse + content + operations

    private static let shared: [FieldRules] = [
        .row(
            .model, chat: "model", messages: "model", responses: "model", toChat: .convert("the route's model"),
            toMessages: .convert("the route's model")),
        .row(
            .instructions, chat: "messages[role=system|developer]", messages: "system", responses: "instructions",
            toChat: .convert("a system message"), toMessages: .convert("all go into system")),
        .row(
            .laterInstructions, chat: "messages[role=system|developer]", responses: "input[role=system|developer]",
            toChat: .convert("a system message in its place"),
            toMessages: .adjust("instructions that come later move to the front, into system")),
        .row(
            .messages, chat: "messages", messages: "messages", responses: "input", toChat: .convert("as messages"),
            toMessages: .convert("as content blocks")),
        .row(
            .stream, chat: "stream", messages: "stream", responses: "stream",
            toChat: .convert("with stream_options.include_usage, which the settlement reads"), toMessages: .carry),
        .row(
            .maxOutputTokens, chat: "max_completion_tokens|max_tokens", messages: "max_tokens",
            responses: "max_output_tokens",
            toChat: .convert("max_completion_tokens, or max_tokens for servers that know only that"),
            toMessages: .convert("required there: where absent, the deployment's maximum")),
        .row(
            .stop, chat: "stop", messages: "stop_sequences", toChat: .convert("a list of up to four"),
            toMessages: .convert("a list")),
        .row(
            .manyStops, messages: "stop_sequences",
            toChat: .refuse("more than four stop sequences cannot be sent", "Send at most four stop_sequences.")),
        .row(
            .endUser, chat: "user", messages: "metadata.user_id", responses: "user", toChat: .convert("user"),
            toMessages: .convert("metadata.user_id")),
    ]

    private static let sampling: [FieldRules] = [
        .row(
            .temperature, chat: "temperature", messages: "temperature", responses: "temperature", toChat: .carry,
            toMessages: .carry),
        .row(
            .temperatureAboveOne, chat: "temperature", responses: "temperature", toChat: .carry,
            toMessages: .adjust("the range ends at 1: more than 1 is sent as 1")),
        .row(
            .samplingWithThinking, chat: "temperature", responses: "temperature", toChat: .carry,
            toMessages: .drop("a model that thinks takes neither temperature nor top_p")),
        .row(.topP, chat: "top_p", messages: "top_p", responses: "top_p", toChat: .carry, toMessages: .carry),
        .row(.topK, messages: "top_k", toChat: .drop("there is no such setting")),
        .row(.frequencyPenalty, chat: "frequency_penalty", toMessages: .drop("there is no such setting")),
        .row(.presencePenalty, chat: "presence_penalty", toMessages: .drop("there is no such setting")),
        .row(.seed, chat: "seed", toMessages: .drop("there is no such setting; answers are not repeatable")),
        .row(
            .choices, chat: "n",
            toMessages: .refuse("one call gives one answer", "Send the request n times, or ask a route that serves n.")
        ),
        .row(
            .logitBias, chat: "logit_bias",
            toMessages: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route.")),
        .row(
            .logProbabilities, chat: "logprobs", responses: "top_logprobs",
            toChat: .refuse(
                "log-probabilities are not brought into this form", "Leave top_logprobs and its include out."),
            toMessages: .refuse("log-probabilities are not told", "Leave logprobs out, or ask another route.")),
    ]

    private static let form: [FieldRules] = [
        .row(
            .jsonSchema, chat: "response_format.json_schema", messages: "output_config.format",
            responses: "text.format[type=json_schema]", toChat: .convert("response_format, strict, named output"),
            toMessages: .convert("output_config.format")),
        .row(
            .jsonSchemaName, chat: "response_format.json_schema.name", responses: "text.format.name", toChat: .carry,
            toMessages: .drop("a schema has no name there")),
        .row(
            .jsonSchemaDescription, chat: "response_format.json_schema.description",
            responses: "text.format.description", toChat: .carry,
            toMessages: .drop("a schema has no description beside it there")),
        .row(
            .jsonSchemaNotStrict, chat: "response_format.json_schema.strict", responses: "text.format.strict",
            toChat: .carry, toMessages: .adjust("a schema is always held strictly")),
        .row(
            .jsonMode, chat: "response_format", responses: "text.format[type=json_object]",
            toChat: .convert("response_format"),
            toMessages: .refuse(
                "JSON without a schema cannot be asked for", "Send response_format json_schema with a schema.")),
        .row(
            .audioOutput, chat: "modalities",
            toMessages: .refuse("answers are text", "Ask for modalities [\"text\"], or ask another route.")),
        .row(
            .verbosity, chat: "verbosity", responses: "text.verbosity", toChat: .drop("few servers know it"),
            toMessages: .drop("there is no such setting")),
        .row(.prediction, chat: "prediction", toMessages: .drop("a hint for speed that is not taken there")),
    ]

    private static let thinking: [FieldRules] = [
        .row(
            .reasoningEffort, chat: "reasoning_effort", messages: "output_config.effort", responses: "reasoning.effort",
            toChat: .convert("reasoning_effort"),
            toMessages: .convert("thinking with that effort (minimal is low), or a budget for older models")),
        .row(
            .reasoningWithForcedTool, chat: "reasoning_effort", responses: "reasoning.effort", toChat: .carry,
            toMessages: .adjust(
                "a tool that must be called leaves no thinking: an effort alone is sent, a budget is not")),
        .row(
            .reasoningBudget, messages: "thinking.budget_tokens",
            toChat: .convert("reasoning_effort: low up to 4096 tokens, medium up to 16384, high above")),
        .row(
            .reasoningOff, chat: "reasoning_effort", messages: "thinking",
            toChat: .drop("not every model can be told not to think"), toMessages: .convert("none is thinking disabled")
        ),
        .row(
            .reasoningNone, responses: "reasoning.effort=none", toChat: .carry,
            toMessages: .convert("thinking disabled")),
        .row(
            .reasoningDisplay, messages: "thinking.display", responses: "reasoning.summary",
            toChat: .drop("thoughts are shown by the provider's rule"),
            toMessages: .convert("thinking.display summarized, where the request says how much to think")),
        .row(
            .thinking, chat: "messages[].thinking_blocks", messages: "messages[].content[type=thinking]",
            responses: "input[type=reasoning]", toChat: .drop("thoughts cannot be sent back there"),
            toMessages: .convert("thinking blocks with their signatures")),
        .row(
            .unsignedThinking, chat: "messages[].reasoning_content", responses: "input[type=reasoning]",
            toChat: .drop("thoughts cannot be sent back there"),
            toMessages: .drop("thoughts are taken back only with their signature")),
        .row(
            .redactedThinking, chat: "messages[].thinking_blocks",
            messages: "messages[].content[type=redacted_thinking]", responses: "input[type=reasoning]",
            toChat: .drop("thoughts cannot be sent back there"), toMessages: .convert("redacted_thinking blocks")),
    ]

    private static let toolUse: [FieldRules] = [
        .row(
            .tools, chat: "tools", messages: "tools", responses: "tools", toChat: .convert("functions"),
            toMessages: .convert("input_schema")),
        .row(
            .toolChoice, chat: "tool_choice", messages: "tool_choice", responses: "tool_choice",
            toChat: .convert("any is required"), toMessages: .convert("required is any")),
        .row(
            .allowedTools, chat: "tool_choice", responses: "tool_choice[type=allowed_tools]",
            toChat: .refuse(
                "a choice among some of the tools is known to few servers", "Send only the tools that are allowed."),
            toMessages: .refuse(
                "a choice among some of the tools cannot be sent", "Send only the tools that are allowed.")),
        .row(
            .parallelToolCalls, chat: "parallel_tool_calls", messages: "tool_choice.disable_parallel_tool_use",
            responses: "parallel_tool_calls", toChat: .convert("parallel_tool_calls"),
            toMessages: .convert("tool_choice.disable_parallel_tool_use")),
        .row(
            .toolCalls, chat: "messages[].tool_calls", messages: "messages[].content[type=tool_use]",
            responses: "input[type=function_call]", toChat: .convert("tool_calls"),
            toMessages: .convert("tool_use blocks")),
        .row(
            .toolResults, chat: "messages[role=tool]", messages: "messages[].content[type=tool_result]",
            responses: "input[type=function_call_output]", toChat: .convert("tool messages"),
            toMessages: .convert("tool_result blocks of one user message")),
        .row(
            .toolResultError, messages: "messages[].content[].is_error",
            toChat: .drop("a tool message cannot be marked as an error; its content says so")),
        .row(
            .toolResultMedia, messages: "messages[].content[type=tool_result].content",
            responses: "input[type=function_call_output].output",
            toChat: .adjust("tool messages hold text: images and documents follow in a user message"),
            toMessages: .convert("content of the tool_result block")),
        .row(
            .customTools, chat: "tools[type=custom]", responses: "tools[type=custom]",
            toChat: .refuse("tools take JSON there, not free text", "Declare a function with one string argument."),
            toMessages: .refuse("tools take JSON there, not free text", "Declare a function with one string argument.")
        ),
        .row(
            .legacyFunctions, chat: "functions",
            toMessages: .refuse("functions and function_call are not translated", "Use tools and tool_choice.")),
        .row(
            .serverTools, messages: "tools[].type",
            toChat: .refuse(
                "tools that Anthropic runs exist only there", "Leave the tool out, or ask an Anthropic model.")),
        .row(
            .serverToolHistory, messages: "messages[].content[].type",
            toChat: .refuse(
                "results of tools that Anthropic ran cannot be sent elsewhere",
                "Leave the blocks out, or ask an Anthropic model.")),
        .row(
            .webSearch, chat: "web_search_options",
            toMessages: .refuse(
                "that search exists only at OpenAI", "Leave web_search_options out, or ask another route.")),
        .row(
            .hostedTools, responses: "tools[].type",
            toChat: .refuse("tools that OpenAI runs exist only there", "Leave the tool out, or declare a function."),
            toMessages: .refuse("tools that OpenAI runs exist only there", "Leave the tool out, or declare a function.")
        ),
        .row(
            .hostedToolHistory, responses: "input[].type",
            toChat: .refuse(
                "items of tools that OpenAI ran cannot be sent elsewhere",
                "Leave the items out, or ask a route whose provider has the Responses API."),
            toMessages: .refuse(
                "items of tools that OpenAI ran cannot be sent elsewhere",
                "Leave the items out, or ask a route whose provider has the Responses API.")),
        .row(
            .maxToolCalls, responses: "max_tool_calls",
            toChat: .drop("it limits tools that the provider runs, and there are none"),
            toMessages: .drop("it limits tools that the provider runs, and there are none")),
    ]

    private static let content: [FieldRules] = [
        .row(
            .images, chat: "messages[].content[type=image_url]", messages: "messages[].content[type=image]",
            responses: "input[].content[type=input_image]", toChat: .convert("image_url, base64 as a data URL"),
            toMessages: .convert("base64 from a data URL, else by URL")),
        .row(
            .imageDetail, chat: "messages[].content[].image_url.detail", responses: "input[].content[].detail",
            toChat: .drop("not every server knows it"), toMessages: .drop("there is no such setting")),
        .row(
            .uploadedFiles, chat: "messages[].content[].file.file_id", messages: "messages[].content[].source.file_id",
            responses: "input[].content[].file_id",
            toChat: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
            toMessages: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes.")),
        .row(
            .documents, chat: "messages[].content[type=file]", messages: "messages[].content[type=document]",
            responses: "input[].content[type=input_file]", toChat: .convert("file_data, or text"),
            toMessages: .convert("a PDF as base64, plain text as text")),
        .row(
            .documentType, chat: "messages[].content[].file.file_data", responses: "input[].content[].file_data",
            toChat: .convert("file_data, as a data URL"),
            toMessages: .refuse("documents are PDF or UTF-8 text there", "Send a PDF or plain text.")),
        .row(
            .documentURL, messages: "messages[].content[type=document].source.url",
            responses: "input[].content[].file_url",
            toChat: .refuse("documents cannot be sent by URL", "Send the document as base64."),
            toMessages: .convert("a document by URL")),
        .row(
            .documentTitle, messages: "messages[].content[type=document].title",
            toChat: .drop("text that is sent as text has no title")),
        .row(
            .documentContext, messages: "messages[].content[type=document].context",
            toChat: .drop("there is no place beside a file for it")),
        .row(
            .citations, messages: "messages[].content[].citations",
            toChat: .drop("citations of documents are not made there")),
        .row(
            .searchResults, messages: "messages[].content[type=search_result]",
            toChat: .refuse("search results are no content there", "Send them as text.")),
        .row(
            .audioInput, chat: "messages[].content[type=input_audio]", responses: "input[].content[type=input_audio]",
            toChat: .convert("input_audio"),
            toMessages: .refuse("audio is not understood", "Send a transcript, or ask another route.")),
        .row(
            .audioHistory, chat: "messages[].audio",
            toMessages: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content.")),
        .row(
            .refusals, chat: "messages[].refusal", responses: "input[].content[type=refusal]",
            toChat: .convert("refusal"), toMessages: .convert("text")),
        .row(.participantName, chat: "messages[].name", toMessages: .drop("speakers have no names there")),
        .row(
            .prefill, messages: "messages",
            toChat: .refuse(
                "a last assistant message would be answered, not continued", "End messages with a user message.")),
        .row(
            .cacheControl, chat: "messages[].content[].cache_control", messages: "cache_control",
            responses: "input[].content[].prompt_cache_breakpoint",
            toChat: .drop("prompts are cached without marks there"),
            toMessages: .convert("cache_control; prompt_cache_breakpoint becomes one of five minutes")),
    ]

    private static let operations: [FieldRules] = [
        .row(
            .safetyIdentifier, chat: "safety_identifier", responses: "safety_identifier",
            toChat: .convert("user, where user is absent"),
            toMessages: .convert("metadata.user_id, where user is absent")),
        .row(
            .metadata, chat: "metadata", responses: "metadata",
            toChat: .drop("requests carry no tags there; Tollbook's own are kept"),
            toMessages: .drop("requests carry no tags there; Tollbook's own are kept")),
        .row(
            .serviceTier, chat: "service_tier", messages: "service_tier", responses: "service_tier",
            toChat: .convert("standard_only is default"),
            toMessages: .convert("auto and priority are auto, default is standard_only")),
        .row(
            .serviceTierUnknown, chat: "service_tier", messages: "service_tier", responses: "service_tier",
            toChat: .drop("there is no such tier"), toMessages: .drop("there is no such tier")),
        .row(
            .promptCacheKey, chat: "prompt_cache_key", responses: "prompt_cache_key",
            toChat: .drop("few servers know it"), toMessages: .drop("caching is steered by cache_control there")),
        .row(
            .promptCacheRetention, chat: "prompt_cache_retention", responses: "prompt_cache_retention",
            toChat: .drop("few servers know it"), toMessages: .drop("caching is steered by cache_control there")),
        .row(
            .store, chat: "store", responses: "store", toChat: .drop("answers are not stored for later there"),
            toMessages: .drop("answers are not stored for later there")),
        .row(
            .moderation, chat: "moderation", responses: "moderation",
            toChat: .refuse("the answer would come without moderation", "Leave moderation out, or ask another route."),
            toMessages: .refuse(
                "the answer would come without moderation", "Leave moderation out, or ask another route.")),
        .row(
            .inferenceRegion, messages: "inference_geo",
            toChat: .refuse("the region cannot be asked for", "Leave it out and set the project's regions.")),
        .row(.speed, messages: "speed", toChat: .drop("there is no such setting")),
        .row(
            .container, messages: "container",
            toChat: .refuse("containers exist only at Anthropic", "Leave it out, or ask an Anthropic model.")),
        .row(
            .remoteServers, messages: "mcp_servers",
            toChat: .refuse("MCP servers are not called there", "Leave them out, or ask an Anthropic model.")),
        .row(
            .contextManagement, messages: "context_management", responses: "context_management",
            toChat: .drop("the context is not edited there"),
            toMessages: .drop("the context is not edited in this way there")),
        .row(
            .previousResponse, responses: "previous_response_id",
            toChat: .refuse(
                "the provider keeps no responses",
                "Send the whole conversation as input, or ask a route whose provider has the Responses API."),
            toMessages: .refuse(
                "the provider keeps no responses",
                "Send the whole conversation as input, or ask a route whose provider has the Responses API.")),
        .row(
            .storedConversation, responses: "conversation",
            toChat: .refuse(
                "the provider keeps no conversations",
                "Send the whole conversation as input, or ask a route whose provider has the Responses API."),
            toMessages: .refuse(
                "the provider keeps no conversations",
                "Send the whole conversation as input, or ask a route whose provider has the Responses API.")),
        .row(
            .storedPrompt, responses: "prompt",
            toChat: .refuse("the provider keeps no prompts", "Send the prompt's text as instructions and input."),
            toMessages: .refuse("the provider keeps no prompts", "Send the prompt's text as instructions and input.")),
        .row(
            .itemReferences, responses: "input[type=item_reference]",
            toChat: .refuse("the provider keeps no items", "Send the item itself."),
            toMessages: .refuse("the provider keeps no items", "Send the item itself.")),
        .row(
            .truncation, responses: "truncation",
            toChat: .drop("the input is not cut there: one that is too long is refused"),
            toMessages: .drop("the input is not cut there: one that is too long is refused")),
        .row(
            .include, responses: "include", toChat: .drop("it names parts of answers that are not given there"),
            toMessages: .drop("it names parts of answers that are not given there")),
        .row(
            .unknown, chat: "(any other field)", messages: "(any other field)", responses: "(any other field)",
            toChat: .drop("not known to Tollbook"), toMessages: .drop("not known to Tollbook")),
    ]
}
