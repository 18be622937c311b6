extension FieldRules {
    /// Every rule. The documented table is made from this one.
    package static let table: [FieldRules] = shared + sampling + form + thinking + toolUse + content + operations

    private static let shared: [FieldRules] = [
        .both(
            .model, "model", "model", toAnthropic: .convert("the route's model"),
            toOpenAI: .convert("the route's model")),
        .both(
            .instructions, "messages[role=system|developer]", "system", toAnthropic: .convert("all go into system"),
            toOpenAI: .convert("a system message")),
        .openAI(
            .laterInstructions, "messages[role=system|developer]",
            toAnthropic: .adjust("instructions that come later move to the front, into system")),
        .both(
            .messages, "messages", "messages", toAnthropic: .convert("as content blocks"),
            toOpenAI: .convert("as messages")),
        .both(
            .stream, "stream", "stream", toAnthropic: .carry,
            toOpenAI: .convert("with stream_options.include_usage, which the settlement reads")),
        .both(
            .maxOutputTokens, "max_completion_tokens|max_tokens", "max_tokens",
            toAnthropic: .convert("required there: where absent, the deployment's maximum"),
            toOpenAI: .convert("max_completion_tokens, or max_tokens for servers that know only that")),
        .both(
            .stop, "stop", "stop_sequences", toAnthropic: .convert("a list"), toOpenAI: .convert("a list of up to four")
        ),
        .anthropic(
            .manyStops, "stop_sequences",
            toOpenAI: .refuse("more than four stop sequences cannot be sent", "Send at most four stop_sequences.")),
        .both(
            .endUser, "user", "metadata.user_id", toAnthropic: .convert("metadata.user_id"),
            toOpenAI: .convert("user")),
    ]

    private static let sampling: [FieldRules] = [
        .both(.temperature, "temperature", "temperature", toAnthropic: .carry, toOpenAI: .carry),
        .openAI(
            .temperatureAboveOne, "temperature", toAnthropic: .adjust("the range ends at 1: more than 1 is sent as 1")),
        .openAI(
            .samplingWithThinking, "temperature",
            toAnthropic: .drop("a model that thinks takes neither temperature nor top_p")),
        .both(.topP, "top_p", "top_p", toAnthropic: .carry, toOpenAI: .carry),
        .anthropic(.topK, "top_k", toOpenAI: .drop("there is no such setting")),
        .openAI(.frequencyPenalty, "frequency_penalty", toAnthropic: .drop("there is no such setting")),
        .openAI(.presencePenalty, "presence_penalty", toAnthropic: .drop("there is no such setting")),
        .openAI(.seed, "seed", toAnthropic: .drop("there is no such setting; answers are not repeatable")),
        .openAI(
            .choices, "n",
            toAnthropic: .refuse("one call gives one answer", "Send the request n times, or ask a route that serves n.")
        ),
        .openAI(
            .logitBias, "logit_bias",
            toAnthropic: .refuse("tokens cannot be favored or banned", "Leave logit_bias out, or ask another route.")),
        .openAI(
            .logProbabilities, "logprobs",
            toAnthropic: .refuse("log-probabilities are not told", "Leave logprobs out, or ask another route.")),
    ]

    private static let form: [FieldRules] = [
        .both(
            .jsonSchema, "response_format.json_schema", "output_config.format",
            toAnthropic: .convert("output_config.format"), toOpenAI: .convert("response_format, strict, named output")),
        .openAI(.jsonSchemaName, "response_format.json_schema.name", toAnthropic: .drop("a schema has no name there")),
        .openAI(
            .jsonSchemaDescription, "response_format.json_schema.description",
            toAnthropic: .drop("a schema has no description beside it there")),
        .openAI(
            .jsonSchemaNotStrict, "response_format.json_schema.strict",
            toAnthropic: .adjust("a schema is always held strictly")),
        .openAI(
            .jsonMode, "response_format",
            toAnthropic: .refuse(
                "JSON without a schema cannot be asked for", "Send response_format json_schema with a schema.")),
        .openAI(
            .audioOutput, "modalities",
            toAnthropic: .refuse("answers are text", "Ask for modalities [\"text\"], or ask another route.")),
        .openAI(.verbosity, "verbosity", toAnthropic: .drop("there is no such setting")),
        .openAI(.prediction, "prediction", toAnthropic: .drop("a hint for speed that is not taken there")),
    ]

    private static let thinking: [FieldRules] = [
        .both(
            .reasoningEffort, "reasoning_effort", "output_config.effort",
            toAnthropic: .convert("thinking with that effort (minimal is low), or a budget for older models"),
            toOpenAI: .convert("reasoning_effort")),
        .openAI(
            .reasoningWithForcedTool, "reasoning_effort",
            toAnthropic: .adjust(
                "a tool that must be called leaves no thinking: an effort alone is sent, a budget is not")),
        .anthropic(
            .reasoningBudget, "thinking.budget_tokens",
            toOpenAI: .convert("reasoning_effort: low up to 4096 tokens, medium up to 16384, high above")),
        .both(
            .reasoningOff, "reasoning_effort", "thinking", toAnthropic: .convert("none is thinking disabled"),
            toOpenAI: .drop("not every model can be told not to think")),
        .anthropic(.reasoningDisplay, "thinking.display", toOpenAI: .drop("thoughts are shown by the provider's rule")),
        .both(
            .thinking, "messages[].thinking_blocks", "messages[].content[type=thinking]",
            toAnthropic: .convert("thinking blocks with their signatures"),
            toOpenAI: .drop("thoughts cannot be sent back there")),
        .openAI(
            .unsignedThinking, "messages[].reasoning_content",
            toAnthropic: .drop("thoughts are taken back only with their signature")),
        .both(
            .redactedThinking, "messages[].thinking_blocks", "messages[].content[type=redacted_thinking]",
            toAnthropic: .convert("redacted_thinking blocks"), toOpenAI: .drop("thoughts cannot be sent back there")),
    ]

    private static let toolUse: [FieldRules] = [
        .both(.tools, "tools", "tools", toAnthropic: .convert("input_schema"), toOpenAI: .convert("functions")),
        .both(
            .toolChoice, "tool_choice", "tool_choice", toAnthropic: .convert("required is any"),
            toOpenAI: .convert("any is required")),
        .openAI(
            .allowedTools, "tool_choice",
            toAnthropic: .refuse(
                "a choice among some of the tools cannot be sent", "Send only the tools that are allowed.")),
        .both(
            .parallelToolCalls, "parallel_tool_calls", "tool_choice.disable_parallel_tool_use",
            toAnthropic: .convert("tool_choice.disable_parallel_tool_use"), toOpenAI: .convert("parallel_tool_calls")),
        .both(
            .toolCalls, "messages[].tool_calls", "messages[].content[type=tool_use]",
            toAnthropic: .convert("tool_use blocks"),
            toOpenAI: .convert("tool_calls")),
        .both(
            .toolResults, "messages[role=tool]", "messages[].content[type=tool_result]",
            toAnthropic: .convert("tool_result blocks of one user message"), toOpenAI: .convert("tool messages")),
        .anthropic(
            .toolResultError, "messages[].content[].is_error",
            toOpenAI: .drop("a tool message cannot be marked as an error; its content says so")),
        .anthropic(
            .toolResultMedia, "messages[].content[type=tool_result].content",
            toOpenAI: .adjust("tool messages hold text: images and documents follow in a user message")),
        .openAI(
            .customTools, "tools[type=custom]",
            toAnthropic: .refuse("tools take JSON there, not free text", "Declare a function with one string argument.")
        ),
        .openAI(
            .legacyFunctions, "functions",
            toAnthropic: .refuse("functions and function_call are not translated", "Use tools and tool_choice.")),
        .anthropic(
            .serverTools, "tools[].type",
            toOpenAI: .refuse(
                "tools that Anthropic runs exist only there", "Leave the tool out, or ask an Anthropic model.")),
        .anthropic(
            .serverToolHistory, "messages[].content[].type",
            toOpenAI: .refuse(
                "results of tools that Anthropic ran cannot be sent elsewhere",
                "Leave the blocks out, or ask an Anthropic model.")),
        .openAI(
            .webSearch, "web_search_options",
            toAnthropic: .refuse(
                "that search exists only at OpenAI", "Leave web_search_options out, or ask another route.")),
    ]

    private static let content: [FieldRules] = [
        .both(
            .images, "messages[].content[type=image_url]", "messages[].content[type=image]",
            toAnthropic: .convert("base64 from a data URL, else by URL"),
            toOpenAI: .convert("image_url, base64 as a data URL")),
        .openAI(.imageDetail, "messages[].content[].image_url.detail", toAnthropic: .drop("there is no such setting")),
        .both(
            .uploadedFiles, "messages[].content[].file.file_id", "messages[].content[].source.file_id",
            toAnthropic: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes."),
            toOpenAI: .refuse("a file uploaded to one provider is unknown to another", "Send the file's bytes.")),
        .both(
            .documents, "messages[].content[type=file]", "messages[].content[type=document]",
            toAnthropic: .convert("a PDF as base64, plain text as text"), toOpenAI: .convert("file_data, or text")),
        .openAI(
            .documentType, "messages[].content[].file.file_data",
            toAnthropic: .refuse("documents are PDF or UTF-8 text there", "Send a PDF or plain text.")),
        .anthropic(
            .documentURL, "messages[].content[type=document].source.url",
            toOpenAI: .refuse("documents cannot be sent by URL", "Send the document as base64.")),
        .anthropic(
            .documentTitle, "messages[].content[type=document].title",
            toOpenAI: .drop("text that is sent as text has no title")),
        .anthropic(
            .documentContext, "messages[].content[type=document].context",
            toOpenAI: .drop("there is no place beside a file for it")),
        .anthropic(
            .citations, "messages[].content[].citations", toOpenAI: .drop("citations of documents are not made there")),
        .anthropic(
            .searchResults, "messages[].content[type=search_result]",
            toOpenAI: .refuse("search results are no content there", "Send them as text.")),
        .openAI(
            .audioInput, "messages[].content[type=input_audio]",
            toAnthropic: .refuse("audio is not understood", "Send a transcript, or ask another route.")),
        .openAI(
            .audioHistory, "messages[].audio",
            toAnthropic: .refuse("an earlier spoken answer is unknown there", "Send its transcript as content.")),
        .openAI(.refusals, "messages[].refusal", toAnthropic: .convert("text")),
        .openAI(.participantName, "messages[].name", toAnthropic: .drop("speakers have no names there")),
        .anthropic(
            .prefill, "messages",
            toOpenAI: .refuse(
                "a last assistant message would be answered, not continued", "End messages with a user message.")),
        .both(
            .cacheControl, "messages[].content[].cache_control", "cache_control",
            toAnthropic: .convert("cache_control; prompt_cache_breakpoint becomes one of five minutes"),
            toOpenAI: .drop("prompts are cached without marks there")),
    ]

    private static let operations: [FieldRules] = [
        .openAI(
            .safetyIdentifier, "safety_identifier", toAnthropic: .convert("metadata.user_id, where user is absent")),
        .openAI(.metadata, "metadata", toAnthropic: .drop("requests carry no tags there; Tollbook's own are kept")),
        .both(
            .serviceTier, "service_tier", "service_tier",
            toAnthropic: .convert("auto and priority are auto, default is standard_only"),
            toOpenAI: .convert("standard_only is default")),
        .both(
            .serviceTierUnknown, "service_tier", "service_tier", toAnthropic: .drop("there is no such tier"),
            toOpenAI: .drop("there is no such tier")),
        .openAI(.promptCacheKey, "prompt_cache_key", toAnthropic: .drop("caching is steered by cache_control there")),
        .openAI(
            .promptCacheRetention, "prompt_cache_retention",
            toAnthropic: .drop("caching is steered by cache_control there")),
        .openAI(.store, "store", toAnthropic: .drop("answers are not stored for later there")),
        .openAI(
            .moderation, "moderation",
            toAnthropic: .refuse(
                "the answer would come without moderation", "Leave moderation out, or ask another route.")),
        .anthropic(
            .inferenceRegion, "inference_geo",
            toOpenAI: .refuse("the region cannot be asked for", "Leave it out and set the project's regions.")),
        .anthropic(.speed, "speed", toOpenAI: .drop("there is no such setting")),
        .anthropic(
            .container, "container",
            toOpenAI: .refuse("containers exist only at Anthropic", "Leave it out, or ask an Anthropic model.")),
        .anthropic(
            .remoteServers, "mcp_servers",
            toOpenAI: .refuse("MCP servers are not called there", "Leave them out, or ask an Anthropic model.")),
        .anthropic(
            .contextManagement, "context_management", toOpenAI: .drop("the context is not edited there")),
        .both(
            .unknown, "(any other field)", "(any other field)", toAnthropic: .drop("not known to Tollbook"),
            toOpenAI: .drop("not known to Tollbook")),
    ]
}
