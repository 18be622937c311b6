/// Writes the body of an answer of Cohere's embeddings, version 2; `prompt` is the billed units.
struct CohereEmbedBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body; nothing is ever left out.
    func write(into sink: inout ByteSink) -> Int? {
        sink.write(text: #"{"id":"\#(CohereText.id(stamp))","embeddings":{"#)
        if case .vectors(let count, let isBase64) = plan.content {
            sink.write(isBase64 ? "\"base64\":[" : "\"float\":[")
            for index in 0..<count {
                if index > 0 { sink.write(",") }
                sink.write(isBase64 ? EmbeddingsBody.base64 : EmbeddingsBody.numbers)
            }
            sink.write("]")
        }
        sink.write("},\"meta\":{\"api_version\":{\"version\":\"2\"}")
        if plan.usage != .absent {
            sink.write(",\"billed_units\":{\"input_tokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}")
        }
        sink.write("},\"response_type\":\"embeddings_by_type\"}")
        return nil
    }
}
