package import NIOCore

/// Every bound of the simulated provider, each with its reason.
package enum SimulatorLimits {
    /// A request head larger than this is refused with 431: no SDK sends more than a few KiB.
    package static let headBytes = 64 * 1024

    /// A request body larger than this is refused with 413: far above the 10 MB prompts of the tests.
    package static let bodyBytes = 64 * 1024 * 1024

    /// One line of a chunked upload (size or trailer) longer than this is refused with 400.
    package static let chunkLineBytes = 4096

    /// Unanswered input beyond this is left in the socket, so that a pipelining client slows itself.
    package static let pipelinedBytes = 256 * 1024

    /// How long a refused client may go on sending before its connection is closed.
    package static let lingerTime = TimeAmount.seconds(2)

    /// JSON nested deeper than this is refused with 400: it bounds the scanner's recursion.
    package static let nestingDepth = 256

    /// An answer is written in pieces of about this size; the next one waits until the socket takes more.
    package static let pieceBytes = 64 * 1024

    /// What `GET /sim/last` keeps of a request body.
    package static let recordedBytes = 64 * 1024

    /// Names told apart by `GET /sim/calls`; calls of further names are counted as `(other)`.
    package static let countedModels = 1024

    /// A model name longer than this is refused with 400: it is copied into every chunk.
    package static let modelNameBytes = 1024

    /// `n` above this is refused with 400, as OpenAI does.
    package static let choices = 128

    /// The largest count a directive or `max_tokens` may ask for.
    package static let tokens = 1_000_000

    /// The largest content of `fault=large_body`.
    package static let largeContentBytes = 256 * 1024 * 1024

    /// The longest wait a directive may ask for: one day, the longest `Retry-After` seen in the wild.
    package static let waitMillis = 86_400_000

    /// Files and batches that are kept at once; the oldest is dropped for one more.
    package static let storedObjects = 4_096

    /// Calls of one `tool_calls` answer.
    package static let toolCalls = 32
}
