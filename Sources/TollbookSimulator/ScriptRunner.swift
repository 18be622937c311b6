internal import NIOCore

/// A script with its clock: turns dribbling into single bytes and waits, and keeps the timer.
struct ScriptRunner {
    /// The timer that will ask for the next step.
    var timer: Scheduled<Void>?
    private var script: Script
    private let started: NIODeadline
    private var dribbling = ByteBuffer()
    private var gapNanos = 0
    private var nextByteNanos = 0

    init(_ script: Script, started: NIODeadline) {
        self.script = script
        self.started = started
    }

    /// Sends `bytes` one at a time before anything else of the script.
    mutating func dribble(_ bytes: ByteBuffer, gapNanos: Int) {
        dribbling = bytes
        self.gapNanos = gapNanos
        nextByteNanos = 0
    }

    /// See ``Script/step(elapsedNanos:into:)``; never ``ScriptStep/dribble(gapNanos:)`` twice for the same bytes.
    mutating func step(into sink: inout ByteSink) -> ScriptStep {
        let elapsed = Int((NIODeadline.now() - started).nanoseconds)
        guard dribbling.readableBytes > 0 else { return script.step(elapsedNanos: elapsed, into: &sink) }
        if elapsed < nextByteNanos { return .wait(untilNanos: nextByteNanos) }
        if let byte = dribbling.readSlice(length: 1) { sink.write(byte) }
        nextByteNanos = elapsed + gapNanos
        return .write
    }

    /// The time of day that a time since the request means.
    func deadline(_ nanos: Int) -> NIODeadline {
        started + .nanoseconds(Int64(nanos))
    }

    func cancel() {
        timer?.cancel()
    }
}
