package import NIOCore

/// An error that is told in one dialect's form, as a whole answer or as an event of a stream that has begun.
package protocol ErrorBody {
    /// What stands before the JSON text in an event.
    static var eventPrefix: String { get }
    func write(to json: inout JSONWriter)
}

extension ErrorBody {
    /// The body of an answer.
    package func body() -> ByteBuffer {
        var json = JSONWriter()
        write(to: &json)
        return json.buffer
    }

    /// The same as an event, with its blank line.
    package func event() -> ByteBuffer {
        var json = JSONWriter(buffer: ByteBuffer(string: Self.eventPrefix))
        write(to: &json)
        var event = json.buffer
        event.writeStaticString("\n\n")
        return event
    }
}
