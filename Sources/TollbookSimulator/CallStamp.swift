internal import NIOCore

/// What tells one answer from another: its number since the start and when it was made.
struct CallStamp: Sendable, Equatable {
    /// Counts calls from 1; the same number is in `id` and in `x-request-id`.
    let number: Int
    /// Unix seconds.
    let created: Int

    /// Writes `chatcmpl-sim` and the number.
    func writeID(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("chatcmpl-sim")
        buffer.writeDigits(number, width: 16)
    }

    /// Writes `req_sim` and the number.
    func writeRequestID(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("req_sim")
        buffer.writeDigits(number, width: 16)
    }
}
