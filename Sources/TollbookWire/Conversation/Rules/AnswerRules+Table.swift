extension AnswerRules {
    /// Where a provider's answers have what a rule is about, and what it is named as when it is left out.
    static let names: [ConversationDialect: [AnswerField: String]] = [
        .openAIChat: [
            .text: "message.content", .thinking: "message.reasoning_content",
            .thinkingSignatures: "message.thinking_blocks[].signature",
            .redactedThinking: "message.thinking_blocks[].data", .refusals: "message.refusal",
            .toolCalls: "message.tool_calls", .images: "message.images", .citations: "message.annotations",
            .citationPlaces: "message.annotations[].start_index", .otherMedia: "message.audio",
            .logProbabilities: "logprobs", .choices: "choices[1...]", .finish: "finish_reason",
            .failedFinish: "finish_reason=error", .usage: "usage", .serviceTier: "service_tier",
        ],
        .anthropicMessages: [
            .text: "content[type=text]", .thinking: "content[type=thinking]",
            .thinkingSignatures: "content[].signature", .redactedThinking: "content[type=redacted_thinking]",
            .refusals: "stop_details.explanation", .toolCalls: "content[type=tool_use]",
            .citations: "content[].citations[].url", .documentCitations: "content[].citations",
            .serverTools: "content[type=server_tool_use]", .finish: "stop_reason", .usage: "usage",
            .serviceTier: "usage.service_tier",
        ],
        .gemini: [
            .text: "parts[].text", .thinking: "parts[].thought", .thinkingSignatures: "parts[].thoughtSignature",
            .toolCalls: "parts[].functionCall", .images: "parts[].inlineData", .otherMedia: "parts[].fileData",
            .citations: "candidates[].groundingMetadata",
            .citationPlaces: "candidates[].groundingMetadata.groundingSupports",
            .searchDetails: "candidates[].groundingMetadata.searchEntryPoint", .code: "parts[].executableCode",
            .choices: "candidates[1...]", .finish: "finishReason", .failedFinish: "finishReason=OTHER",
            .usage: "usageMetadata", .serviceTier: "usageMetadata.serviceTier",
        ],
        .bedrockConverse: [
            .text: "content[].text", .thinking: "content[].reasoningContent.reasoningText",
            .thinkingSignatures: "content[].reasoningContent.reasoningText.signature",
            .redactedThinking: "content[].reasoningContent.redactedContent", .toolCalls: "content[].toolUse",
            .images: "content[].image", .citations: "content[].citationsContent.citations[].location.web",
            .documentCitations: "content[].citationsContent.citations",
            .serverTools: "content[].toolUse[type=server_tool_use]", .finish: "stopReason",
            .failedFinish: "stopReason=malformed_model_output", .usage: "usage", .serviceTier: "serviceTier",
        ],
    ]

    /// Rules that hold for callers of every dialect.
    static let shared: [AnswerField: FieldRule] = [
        .thinkingSignatures: .convert("so that they come back to their provider"),
        .redactedThinking: .convert("so that they come back to their provider"),
        .refusals: .convert("the dialect's refusal, or its reason to finish"),
        .toolCalls: .convert("one block or part each, in order"),
        .otherMedia: .drop("the dialect has no place for it"),
        .documentCitations: .drop("places in a document of the request, which other dialects number otherwise"),
        .searchDetails: .drop("Google's own"),
        .code: .drop("Google ran it; the answer's text says what came of it"),
        .serverTools: .drop("the provider ran it; the caller cannot"),
        .logProbabilities: .drop("no other dialect has them"),
        .choices: .drop("no other dialect has more than one answer"),
        .finish: .convert("the dialect's nearest; beside tool calls, `stop` is theirs"),
        .failedFinish: .convert("an error: in a stream as its last event, else as the answer"),
        .usage: .convert("the dialect's own sums"),
        .serviceTier: .convert("the dialect's name of the tier, where it has one"),
    ]

    /// What one dialect does otherwise.
    static let own: [ConversationDialect: [AnswerField: FieldRule]] = [
        .openAIChat: [
            .thinking: .convert("`reasoning_content`, and `thinking_blocks` with signatures"),
            .images: .convert("`images`, as data URLs: an extension of the dialect that several servers share"),
            .citations: .convert("`annotations` of type `url_citation`"),
            .citationPlaces: .convert("characters of the message; 0 to 0 where the provider's are not known as such"),
        ],
        .openAIResponses: [
            .thinking: .convert("an item of type `reasoning`"),
            .images: .convert("an item of type `image_generation_call`"),
            .citations: .convert("`annotations` of type `url_citation`"),
            .citationPlaces: .convert("characters of the text; 0 to 0 where the provider's are not known as such"),
        ],
        .anthropicMessages: [
            .images: .drop("no answer of the dialect holds one"),
            .citations: .convert("`citations` of type `web_search_result_location`, without an `encrypted_index`"),
            .citationPlaces: .drop("a block's citations are those of all of it"),
        ],
        .gemini: [
            .thinking: .convert("parts that are thoughts"),
            .images: .convert("`inlineData`; one that is a URL is left out"),
            .citations: .convert("`groundingMetadata.groundingChunks`"),
            .citationPlaces: .drop("they are bytes there"),
            .failedFinish: .convert("the nearest of its own reasons of failure"),
        ],
        .bedrockConverse: [
            .images: .convert("an `image` block, of a format that Converse has"),
            .citations: .drop("a cited text would move to another member, where its readers do not look"),
            .citationPlaces: .drop("as the citations"),
            .failedFinish: .convert("`malformed_tool_use` or `malformed_model_output` where it is that, else an error"),
        ],
    ]
}
