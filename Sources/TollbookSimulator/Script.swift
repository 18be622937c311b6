/// An answer in progress: a state machine without clock or socket that says what to send and when.
enum Script: Sendable {
    case plain(PlainScript)
    case stream(StreamScript)

    /// - Parameters:
    ///   - elapsedNanos: time since the request.
    ///   - sink: gets the bytes of ``ScriptStep/write`` and ``ScriptStep/dribble(gapNanos:)``, about
    ///     ``SimulatorLimits/pieceBytes`` at most.
    mutating func step(elapsedNanos: Int, into sink: inout ByteSink) -> ScriptStep {
        switch self {
        case .plain(var script):
            let step = script.step(elapsedNanos: elapsedNanos, into: &sink)
            self = .plain(script)
            return step
        case .stream(var script):
            let step = script.step(elapsedNanos: elapsedNanos, into: &sink)
            self = .stream(script)
            return step
        }
    }
}
