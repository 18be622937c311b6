/// The token counts that an answer reports, in OpenAI's terms: `prompt` includes `cached`, `completion` includes
/// `reasoning`.
struct UsageFigures: Sendable, Equatable {
    var prompt = 0
    var cached = 0
    /// Left out of the answer when nil.
    var cacheWrite: Int?
    var audioIn = 0
    var completion = 0
    var reasoning = 0
    var audioOut = 0
    var acceptedPrediction = 0
    var rejectedPrediction = 0

    /// Writes the usage object.
    func write(into sink: inout ByteSink) {
        sink.write("{\"prompt_tokens\":")
        sink.writeDecimal(prompt)
        sink.write(",\"completion_tokens\":")
        sink.writeDecimal(completion)
        sink.write(",\"total_tokens\":")
        sink.writeDecimal(prompt + completion)
        sink.write(",\"prompt_tokens_details\":{\"cached_tokens\":")
        sink.writeDecimal(cached)
        sink.write(",\"audio_tokens\":")
        sink.writeDecimal(audioIn)
        if let cacheWrite {
            sink.write(",\"cache_write_tokens\":")
            sink.writeDecimal(cacheWrite)
        }
        sink.write("},\"completion_tokens_details\":{\"reasoning_tokens\":")
        sink.writeDecimal(reasoning)
        sink.write(",\"audio_tokens\":")
        sink.writeDecimal(audioOut)
        sink.write(",\"accepted_prediction_tokens\":")
        sink.writeDecimal(acceptedPrediction)
        sink.write(",\"rejected_prediction_tokens\":")
        sink.writeDecimal(rejectedPrediction)
        sink.write("}}")
    }
}
