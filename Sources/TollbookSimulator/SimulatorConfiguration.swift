/// How a simulated provider listens and what it answers when a call pins nothing.
///
/// `tollbook simulate` has one flag for each property; the names are given with them.
package struct SimulatorConfiguration: Sendable {
    /// Address to listen on (`--listen HOST:PORT`); a name is resolved. Loopback unless said otherwise: any key is
    /// accepted.
    package var host = "127.0.0.1"

    /// Port to listen on (`--listen HOST:PORT`); 0 takes a free one, see ``SimulatorServer/port``.
    package var port = 0

    /// Event loops when the server makes its own group (`--threads N`); nil: one a core.
    package var threads: Int?

    /// Pins for every call that does not pin otherwise (`--default DIRECTIVES`), such as
    /// `latency_ms=300,latency_p99_ms=2000,tps=80`.
    package var defaults = Directives()

    /// Completion tokens of an answer that nothing limits (`--completion-tokens N`); `max_tokens` below it cuts the
    /// answer and gives `finish_reason: length`.
    package var completionTokens = 16

    /// Prompt tokens are the request body's bytes over this, rounded up (`--bytes-per-token N`).
    package var bytesPerToken = 4

    /// Whether the last request is kept for `GET /sim/last` (`--record`).
    package var recordsLastRequest = false

    /// Seed of latencies and of `percent` where no `seed=` directive is given (`--seed N`).
    package var seed: UInt64 = 0

    /// Loopback, a free port, no delays and no faults.
    package init() {}
}
