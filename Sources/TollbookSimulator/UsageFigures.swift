internal import NIOCore

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
    func write(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("{\"prompt_tokens\":")
        buffer.writeDecimal(prompt)
        buffer.writeStaticString(",\"completion_tokens\":")
        buffer.writeDecimal(completion)
        buffer.writeStaticString(",\"total_tokens\":")
        buffer.writeDecimal(prompt + completion)
        buffer.writeStaticString(",\"prompt_tokens_details\":{\"cached_tokens\":")
        buffer.writeDecimal(cached)
        buffer.writeStaticString(",\"audio_tokens\":")
        buffer.writeDecimal(audioIn)
        if let cacheWrite {
            buffer.writeStaticString(",\"cache_write_tokens\":")
            buffer.writeDecimal(cacheWrite)
        }
        buffer.writeStaticString("},\"completion_tokens_details\":{\"reasoning_tokens\":")
        buffer.writeDecimal(reasoning)
        buffer.writeStaticString(",\"audio_tokens\":")
        buffer.writeDecimal(audioOut)
        buffer.writeStaticString(",\"accepted_prediction_tokens\":")
        buffer.writeDecimal(acceptedPrediction)
        buffer.writeStaticString(",\"rejected_prediction_tokens\":")
        buffer.writeDecimal(rejectedPrediction)
        buffer.writeStaticString("}}")
    }
}
