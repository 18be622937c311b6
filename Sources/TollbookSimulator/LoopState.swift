internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What the connections of one event loop share: buffers that are used again, the date, the open channels.
///
/// `@unchecked Sendable`: every member but ``counts`` is touched only on the event loop that the state was made for;
/// ``ConnectionHandler`` and ``SimulatorServer`` reach it from there.
final class LoopState: @unchecked Sendable {
    let counts: CallCounts
    /// The answer being written.
    var sink = ByteSink()
    /// The body being measured.
    var body = ByteSink()
    /// What goes to the socket; its memory is used again once the socket has taken it.
    private var output = ByteBuffer()
    /// Open connections, to be closed when the server stops.
    var channels: [ObjectIdentifier: any Channel] = [:]
    private var dateSecond = 0
    private var dateText = ""

    init(counts: CallCounts) {
        self.counts = counts
    }

    /// Unix seconds now.
    var now: Int { time(nil) }

    /// The `date` header line for a Unix time.
    func dateLine(_ second: Int) -> String {
        if second != dateSecond {
            dateSecond = second
            dateText = "date: \(HTTPDate.text(second))\r\n"
        }
        return dateText
    }

    /// Closes every connection, in the middle of an answer or not.
    func closeAll() {
        for channel in channels.values { channel.close(promise: nil) }
    }

    /// The bytes of ``sink`` for the socket; clears the sink.
    func takeOutput() -> ByteBuffer {
        output.clear()
        sink.withBytes { _ = output.writeBytes($0) }
        sink.clear()
        let result = output
        if output.capacity > 4 * SimulatorLimits.pieceBytes { output = ByteBuffer() }
        return result
    }
}
