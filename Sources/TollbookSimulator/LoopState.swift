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
    /// The answer being written; its memory is used again once the socket has taken it.
    var output = ByteBuffer()
    /// The body being measured.
    var body = ByteBuffer()
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

    /// Gives back the memory of an unusually large answer.
    func trim() {
        if output.capacity > 4 * SimulatorLimits.pieceBytes { output = ByteBuffer() }
        if body.capacity > 4 * SimulatorLimits.pieceBytes { body = ByteBuffer() }
    }
}
