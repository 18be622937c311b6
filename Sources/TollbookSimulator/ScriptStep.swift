/// What a script wants done next; the bytes it speaks of are those it wrote into the sink in the same step.
enum ScriptStep: Equatable, Sendable {
    /// Send the bytes, then ask for the next step.
    case write
    /// Send the bytes one at a time, so many nanoseconds apart, then ask for the next step.
    case dribble(gapNanos: Int)
    /// Ask again when so many nanoseconds have passed since the request.
    case wait(untilNanos: Int)
    /// Do nothing until the client leaves.
    case stall
    /// Close the connection once everything is sent.
    case close
    /// Reset the connection.
    case reset
    /// The answer is complete; a number asks to close the idle connection so many nanoseconds later.
    case end(closeAfterNanos: Int?)
}
