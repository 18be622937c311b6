/// Writes the events of a streamed answer whose dialect names each kind of event.
protocol TypedEvents: Sendable {
    /// How many times ``writeContent(_:into:)`` is to be called.
    var contentEvents: Int { get }
    /// What comes before any content.
    func writeStart(into sink: inout ByteSink)
    /// Content chunk number `event`.
    func writeContent(_ event: Int, into sink: inout ByteSink)
    /// What comes between the content and the terminal event, once a choice; never nothing.
    func writeFinish(_ choice: Int, into sink: inout ByteSink)
    /// The terminal event.
    func writeDone(into sink: inout ByteSink)
    /// The event with which the provider gives up in place of content chunk `event`.
    func writeError(before event: Int, into sink: inout ByteSink)
    /// An event whose JSON breaks off, before content chunk `event`.
    func writeBroken(before event: Int, into sink: inout ByteSink)
}
