/// What an answer can hold, one case for each thing that a rule is about; the documented table is in this order.
package enum AnswerField: String, CaseIterable, Sendable {
    case text, thinking
    case thinkingSignatures = "thinking_signatures"
    case redactedThinking = "redacted_thinking"
    case refusals
    case toolCalls = "tool_calls"
    case images
    case otherMedia = "other_media"
    case citations
    case citationPlaces = "citation_places"
    case documentCitations = "document_citations"
    case searchDetails = "search_details"
    case code
    case serverTools = "server_tools"
    case logProbabilities = "log_probabilities"
    case choices
    case finish
    case failedFinish = "failed_finish"
    case usage
    case serviceTier = "service_tier"
}

/// What becomes of what providers answer, when the caller speaks another dialect.
///
/// What is dropped is named as the provider calls it, in the decision `answer_fields_dropped` and, for a plain answer,
/// in `x-tollbook-dropped-answer-fields`; the head of a stream is gone by then.
package enum AnswerRules {
    /// The rule at a caller's dialect.
    package static func rule(_ field: AnswerField, at caller: ConversationDialect) -> FieldRule {
        if let rule = own[caller]?[field] { return rule }
        return shared[field] ?? .carry
    }

    /// Where providers of a dialect have it; nil: nowhere.
    package static func name(_ field: AnswerField, in provider: ConversationDialect) -> String? {
        names[provider]?[field]
    }

    /// The table of answers to callers of a dialect, as Markdown.
    package static func markdown(to caller: ConversationDialect) -> String {
        var text = "| in the answer | rule | how or why |\n|---|---|---|\n"
        for field in AnswerField.allCases {
            var sources: [String] = []
            for provider in ConversationDialect.providers where provider != caller {
                guard let name = name(field, in: provider).map({ "`\($0)`" }), !sources.contains(name) else { continue }
                sources.append(name)
            }
            let rule = rule(field, at: caller)
            guard !sources.isEmpty else { continue }
            text += "| \(sources.joined(separator: ", ")) | \(rule.action.rawValue) | \(rule.reason) |\n"
        }
        return text
    }

    /// All tables, as they stand behind those of the requests.
    static var document: String {
        var text = """

            # Answers between dialects

            What becomes of what a provider answers, where the caller speaks another dialect. The first column has the
            provider's own names. What is dropped is named in the decision `answer_fields_dropped` and, for a plain
            answer, in `x-tollbook-dropped-answer-fields`.

            Blocks come one after the other in messages, Converse and responses: what a provider streams side by side
            waits for the tool call before it, up to 1 MiB. Past that the call is ended as it stands, and a piece that
            comes for it all the same ends the stream as an error.

            A stream's terminal event without a reason to finish completes an answer that says something, with the
            reason that its tool calls tell. One that says nothing, or breaks off in a tool call, is `upstream_cut`; an
            event that cannot be read is `upstream_malformed`.

            """
        for caller in ConversationDialect.allCases {
            text += "\n## Answers to \(caller.rawValue)\n\n" + markdown(to: caller)
        }
        return text
    }
}
