/// How an answer reaches the wire: when, how fast, and what goes wrong on the way.
struct Delivery: Sendable, Equatable {
    /// Time from the request to the head.
    var headDelayNanos = 0
    /// Time between tokens after the head; 0 sends at once.
    var nanosPerToken = 0
    /// Most content chunks in one write; nil: as many as fit.
    var perWrite: Int?
    var fault: Fault?
    /// Content chunks (stream) or body bytes (plain) sent before the fault strikes; nil: halfway.
    var after: Int?
    var gapNanos = 0
    /// How long a stall lasts; nil: until the client leaves.
    var stallNanos: Int?
    var closeAfterNanos = 0
    var cut: Directives.CutKind = .close

    /// Whether the answer goes out at once and whole.
    var isImmediate: Bool { headDelayNanos == 0 && nanosPerToken == 0 && fault == nil }
}
