package import NIOCore

/// Bounds of the control plane, each with its reason and what happens at it.
package enum ControlLimits {
    /// A governance document of ten thousand objects is about 3 MB; larger: 413.
    package static let applyBodyBytes = 16 * 1024 * 1024
    /// Every other body is a handful of short fields or one SQL statement; larger: 413.
    package static let bodyBytes = 256 * 1024
    /// Tokens and a few query items; larger: 431 by the HTTP decoder.
    package static let headerBytes = 32 * 1024
    /// A connection without a request in progress is closed after this.
    package static let idleTimeout = TimeAmount.seconds(75)
    /// More people and jobs than ever use one admin port at once; later connections wait in the backlog.
    package static let connections = 256

    /// Threads that read the ledger: one long verification must not keep a short report waiting.
    package static let readThreads = 3
    /// Reads that wait for a thread; further ones get 503 `readers_busy`.
    package static let waitingReads = 16

    /// Wrong tokens that are looked at per minute; further ones get 429 `too_many_refusals`.
    package static let refusalsPerMinute = 30
    /// Refusals per minute that become audit events: a flood must not fill the disk.
    package static let refusalEventsPerMinute = 6

    /// Exports kept for download at once; further ones get 429 `too_many_exports`.
    package static let spooledExports = 16
    /// An export that nobody fetched is removed after this.
    package static let exportLifetimeSeconds = 3_600
    /// Bytes read from a spooled file at a time: what one slow download holds in memory.
    package static let downloadChunkBytes = 128 * 1024

    /// Requests in progress get this long when the control plane goes down; then they are cut.
    package static let drainSeconds = 5

    /// Those who follow the events at once, a connection each; further ones get 429 `too_many_followers`.
    package static let followers = 32
    /// Events that one webhook has in memory, and sends before its cursor is kept: what a crash may tell twice. A
    /// command's are never parted.
    package static let webhookEvents = 32
    /// Longest wait for a receiver's connection and for its whole answer; then the event is sent again.
    package static let webhookConnectSeconds: Int64 = 5
    package static let webhookSeconds: Int64 = 15
    /// Bytes read of a receiver's answer, which says nothing but its status; a connection with more is closed.
    package static let webhookAnswerBytes = 16 * 1024
    /// The first wait after a failure, doubled with each further one up to the longest; of each a random half is left
    /// out, so that receivers that come back are not met by all webhooks at once.
    package static let webhookRetryMillis: Int64 = 1_000
    package static let webhookRetryMillisMaximum: Int64 = 300_000
    /// How long a cursor that only passed over events may stay in memory.
    package static let webhookCursorSeconds = 5
    /// Threads that look up receivers' names; further look-ups wait.
    package static let webhookLookupThreads = 2
    /// How often a follower looks whether the journal has grown.
    package static let followMillis = 250
    /// A follower without an event gets a comment after this, so that both ends notice a connection that is gone.
    package static let followQuietSeconds = 15
}
