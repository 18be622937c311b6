/// What becomes of each field of a request for embeddings at a provider of the other dialect: OpenAI's, and Gemini's
/// `embedContent` and `batchEmbedContents`.
enum EmbeddingRules {
    /// A caller's field and its rule.
    struct Row {
        let field: String
        let rule: FieldRule
    }

    /// OpenAI's fields at Gemini. Any other is dropped.
    static let toGemini = [
        Row(field: "model", rule: .convert("the route's model, in the path and in each request")),
        Row(field: "input", rule: .convert("a request of batchEmbedContents for each text")),
        tokens,
        Row(field: "dimensions", rule: .convert("outputDimensionality of each request")),
        Row(field: "encoding_format", rule: .convert("the gateway writes base64 itself")),
        Row(field: "user", rule: .drop("there is no such setting")),
    ]

    /// Gemini's fields at OpenAI; those of a batch stand in `requests[]`. Any other is dropped.
    static let toOpenAI = [
        Row(field: "model", rule: .convert("the route's model")),
        Row(field: "content.parts[].text", rule: .convert("input; the texts of a content are one, as they stand")),
        media,
        Row(field: "outputDimensionality", rule: .convert("dimensions")),
        sizes,
        Row(field: "taskType", rule: .drop("there is no such setting")),
        Row(field: "title", rule: .drop("there is no such setting")),
    ]

    static let tokens = Row(
        field: "input[]", rule: .refuse("a prompt of tokens is in another model's tokens", "Send texts."))
    static let media = Row(
        field: "content.parts[]", rule: .refuse("only texts have embeddings there", "Send texts, or ask another route.")
    )
    static let sizes = Row(
        field: "requests[].outputDimensionality",
        rule: .refuse("all vectors of a call have one size there", "Ask for one size in all requests."))

    /// Both tables in Markdown.
    static var markdown: String {
        var text = ""
        for (title, rows) in [("openai-embeddings to gemini", toGemini), ("gemini to openai-embeddings", toOpenAI)] {
            text += "\n## From \(title)\n\n| field | rule | how or why | what to do |\n|---|---|---|---|\n"
            for row in rows {
                text +=
                    "| `\(row.field)` | \(row.rule.action.rawValue) | \(row.rule.reason) | \(row.rule.remedy ?? "") |\n"
            }
        }
        return text
    }
}
