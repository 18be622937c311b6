/// Writes the body of an embeddings answer: vectors of eight numbers, the same for every text.
struct EmbeddingsBody {
    let plan: ChatPlan

    /// Writes the whole body; nothing is ever left out.
    func write(into sink: inout ByteSink) -> Int? {
        sink.write("{\"object\":\"list\",\"data\":[")
        if case .vectors(let count, let isBase64) = plan.content {
            for index in 0..<count {
                sink.write(index > 0 ? ",{\"object\":\"embedding\",\"index\":" : "{\"object\":\"embedding\",\"index\":")
                sink.writeDecimal(index)
                sink.write(",\"embedding\":")
                sink.write(isBase64 ? Self.base64 : Self.numbers)
                sink.write("}")
            }
        }
        sink.write("],\"model\":\"")
        sink.write(plan.model)
        sink.write("\"")
        if plan.usage != .absent {
            sink.write(",\"usage\":{\"prompt_tokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write(",\"total_tokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}")
        }
        sink.write("}")
        return nil
    }

    /// A vector.
    static let numbers: StaticString = "[0.5,-0.25,0.125,0,1,-1,0.75,2]"
    /// The same numbers as 32-bit floats, little-endian.
    static let base64: StaticString = "\"AAAAPwAAgL4AAAA+AAAAAAAAgD8AAIC/AABAPwAAAEA=\""
}
