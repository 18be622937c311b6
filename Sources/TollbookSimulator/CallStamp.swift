/// What tells one answer from another: its number since the start and when it was made.
struct CallStamp: Sendable, Equatable {
    /// Counts calls from 1; the same number is in `id` and in `x-request-id`.
    let number: Int
    /// Unix seconds.
    let created: Int

    /// Writes `chatcmpl-sim` and the number.
    func writeID(into sink: inout ByteSink) {
        sink.write("chatcmpl-sim")
        sink.writeDigits(number, width: 16)
    }

    /// Writes `req_sim` and the number.
    func writeRequestID(into sink: inout ByteSink) {
        sink.write("req_sim")
        sink.writeDigits(number, width: 16)
    }
}
