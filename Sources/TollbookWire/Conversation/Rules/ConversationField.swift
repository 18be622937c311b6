/// What a request can say, one case for each thing that a rule is about.
///
/// Raw values are stable: decisions name them. The documented tables are in this order.
package enum ConversationField: String, CaseIterable, Sendable {
    // What every dialect has.
    case model, instructions
    case laterInstructions = "later_instructions"
    case messages, stream
    case maxOutputTokens = "max_output_tokens"
    case stop
    case manyStops = "many_stops"
    case endUser = "end_user"

    // Sampling.
    case temperature
    case temperatureAboveOne = "temperature_above_one"
    case samplingWithThinking = "sampling_with_thinking"
    case topP = "top_p"
    case topK = "top_k"
    case frequencyPenalty = "frequency_penalty"
    case presencePenalty = "presence_penalty"
    case seed, choices
    case logitBias = "logit_bias"
    case logProbabilities = "log_probabilities"

    // The form of the answer.
    case jsonSchema = "json_schema"
    case jsonSchemaName = "json_schema_name"
    case jsonSchemaDescription = "json_schema_description"
    case jsonSchemaNotStrict = "json_schema_not_strict"
    case jsonMode = "json_mode"
    case answerMediaType = "answer_media_type"
    case audioOutput = "audio_output"
    case verbosity, prediction

    // Thinking.
    case reasoningEffort = "reasoning_effort"
    case reasoningWithForcedTool = "reasoning_with_forced_tool"
    case reasoningBudget = "reasoning_budget"
    case reasoningBudgetLarge = "reasoning_budget_large"
    case reasoningOn = "reasoning_on"
    case reasoningOff = "reasoning_off"
    case reasoningNone = "reasoning_none"
    case reasoningDisplay = "reasoning_display"
    case thinking
    case unsignedThinking = "unsigned_thinking"
    case redactedThinking = "redacted_thinking"
    case redactedBytes = "redacted_bytes"
    case thoughtSignature = "thought_signature"

    // Tools.
    case tools
    case toolStrict = "tool_strict"
    case toolChoice = "tool_choice"
    case allowedTools = "allowed_tools"
    case parallelToolCalls = "parallel_tool_calls"
    case toolCalls = "tool_calls"
    case toolResults = "tool_results"
    case toolResultError = "tool_result_error"
    case toolResultMedia = "tool_result_media"
    case customTools = "custom_tools"
    case legacyFunctions = "legacy_functions"
    case serverTools = "server_tools"
    case serverToolHistory = "server_tool_history"
    case webSearch = "web_search"
    case hostedTools = "hosted_tools"
    case hostedToolHistory = "hosted_tool_history"
    case maxToolCalls = "max_tool_calls"

    // Content.
    case images
    case imageDetail = "image_detail"
    case uploadedFiles = "uploaded_files"
    case documents
    case documentType = "document_type"
    case documentURL = "document_url"
    case documentTitle = "document_title"
    case documentContext = "document_context"
    case citations
    case searchResults = "search_results"
    case audioInput = "audio_input"
    case audioHistory = "audio_history"
    case refusals
    case participantName = "participant_name"
    case prefill
    case cacheControl = "cache_control"

    // Whom it is for, where it runs, what is kept.
    case safetyIdentifier = "safety_identifier"
    case metadata
    case serviceTier = "service_tier"
    case serviceTierUnknown = "service_tier_unknown"
    case promptCacheKey = "prompt_cache_key"
    case promptCacheRetention = "prompt_cache_retention"
    case store, moderation
    case inferenceRegion = "inference_region"
    case speed, container
    case remoteServers = "remote_servers"
    case contextManagement = "context_management"
    case previousResponse = "previous_response"
    case storedConversation = "stored_conversation"
    case storedPrompt = "stored_prompt"
    case itemReferences = "item_references"
    case truncation, include

    // What Gemini alone has.
    case safetySettings = "safety_settings"
    case contentCache = "content_cache"
    case promptScreening = "prompt_screening"
    case googleTools = "google_tools"
    case googleToolSettings = "google_tool_settings"
    case googleToolHistory = "google_tool_history"
    case toolAnswerSchema = "tool_answer_schema"
    case mediaResolution = "media_resolution"
    case mediaSettings = "media_settings"
    case modelPicking = "model_picking"

    // Of Bedrock's Converse.
    case toolsOfHistory = "tools_of_history"
    case toolChoiceNone = "tool_choice_none"
    case imageURL = "image_url"
    case imageType = "image_type"
    case videoInput = "video_input"
    case guardrail

    // Anything else.
    case unknown
}
