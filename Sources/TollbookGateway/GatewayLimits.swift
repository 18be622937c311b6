/// Every bound of the data plane with its reason and what happens when it is reached.
///
/// `GatewayConfiguration` starts from these; each can be set there.
package enum GatewayLimits {
    // MARK: Sizes

    /// Request lines kept for each provider where the path names the model; more than routes use.
    static let modelPrefixes = 256
    /// Bytes of a request's or an answer's head. Real heads stay under 4 KiB; a long-lived token adds a few.
    /// Passed: 431 to a client; a provider's answer is malformed.
    package static let headBytes = 64 << 10
    /// Header fields of one head. Passed: as above.
    package static let headFields = 128
    /// Bytes of the line before a chunk: a few digits, and extensions that nobody uses. Passed: as above.
    package static let chunkLineBytes = 4 << 10
    /// Bytes of a request body after decoding. The largest context windows with images inline stay under it.
    /// Passed: 413.
    package static let bodyBytes = 32 << 20
    /// Bytes of a request body that goes to the provider while it arrives; OpenAI's files have at most 512 MB.
    /// Passed: 413; when the body did not announce its length, the attempt under way is cut.
    package static let uploadBytes = 1 << 30
    /// Bytes of such a body that are held before its call is opened: small forms and files stay whole, and a form's
    /// fields come before its files. Passed: the rest goes up while it arrives.
    static let uploadPrefixBytes = 128 << 10
    /// Bytes of all request bodies held by the process at once. Passed: 503 `overloaded`.
    package static let bodiesInFlightBytes = 512 << 20
    /// Bytes of an answer that is held whole, so that its head can carry the cost. Larger ones are relayed with
    /// back-pressure, their last bytes withheld.
    package static let heldAnswerBytes = 1 << 20
    /// Bytes of a plain answer in another dialect than the caller's, which is translated whole: as many as of a
    /// request, so that what was sent can come back; the largest pictures of image models stay under it. Passed: the
    /// rest is read for its usage alone, then 502, charged by what the answer told.
    static let translatedAnswerBytes = bodyBytes
    /// Bytes of a provider's answer that are read only to keep its connection. Passed: the connection is closed.
    package static let discardedAnswerBytes = 256 << 10
    /// How many times larger than sent a provider's compressed answer may become. JSON and event streams shrink
    /// 5 to 50 times. Passed: the answer is malformed.
    package static let inflationRatio = 200
    /// Bytes of a refused request's body that are read so that the connection can go on. Passed, or not
    /// announced: the connection is closed after the answer.
    package static let discardedBodyBytes = 1 << 20
    /// Bytes waiting for a client before its provider is no longer read, and from which on it is read again.
    /// The upper one holds a large read; the lower one keeps the socket busy meanwhile.
    package static let clientBufferHighBytes = 128 << 10
    package static let clientBufferLowBytes = 32 << 10
    /// Bodies up to this are copied behind their head, so that one buffer and one system call carry both.
    package static let copiedBodyBytes = 16 << 10
    /// Chunks of a request that are appended to one buffer; a body of a single chunk is not copied.
    package static let bodyReserveBytes = 256 << 10
    /// Chunks of a body up to this are copied together; a slice of a larger one costs less than its copy.
    package static let joinedChunkBytes = 4 << 10
    /// Bytes kept of a reused output buffer; a larger one is given back after use.
    package static let keptBufferBytes = 64 << 10

    /// Bytes of an answer that a provider may send on an HTTP/2 stream ahead of the caller: 2.5 MB/s over 100 ms.
    /// Passed: the provider waits.
    static let streamWindowBytes = 256 << 10
    /// The same for all streams of a connection together, each of which is bounded by the one above.
    static let connectionWindowBytes = 4 << 20
    /// Bytes of an upload that wait for an HTTP/2 provider to take them, as for NIO's channels. Passed: the caller is
    /// not read.
    static let unsentUploadBytes = 64 << 10

    /// Bytes of a request's head over HTTP/2, in ASCII and before packing. NIO sends it as one frame, whose 16 KiB (RFC
    /// 9113, section 4.2) nothing here may pass: it would end the connection for all. A character takes at most 19 bits
    /// packed. Passed: the call goes over HTTP/1.1.
    static let sharedHeadBytes = 6 << 10

    // MARK: Counts

    /// Client connections of the process; each costs about 20 KiB. Passed: 503 and closed.
    package static let clientConnections = 16_384
    /// Calls in flight in the process, each from before the ledger is asked to its settlement; one takes some 55 KiB.
    /// Passed: calls wait and get places by their projects' shares.
    package static let calls = 4_096
    /// Calls that wait for a place. Passed: the newest of the project that waits with the most for its share goes, or
    /// the newcomer: 503 `overloaded`.
    package static let queuedCalls = 4_096
    /// One project's part of them: a quarter, so that none fills the queue alone. Passed: 503 `overloaded`.
    static let queueParts = 4
    /// Calls without a place that the ledger is to record at once: refused ones, and such as left the queue. They must
    /// not fill the ledger's own queue. Passed: answered without a row.
    static let recordsAtOnce = 1_024
    /// Idle connections kept for one provider on one event loop. More are closed when they fall idle.
    package static let idleConnectionsPerProvider = 256
    /// HTTP/2 connections to one provider on one event loop. Passed: calls wait for a stream, and after
    /// `connectMillis` get 504.
    static let sharedConnections = 256
    /// Streams of one HTTP/2 connection, where the provider does not set fewer; RFC 9113 wants it to take 100. Passed:
    /// another connection.
    static let streamsPerConnection = 100
    /// Resets that a provider may send on one connection within a second: one an answer, where it needs no more of the
    /// request. Passed: the connection is closed.
    static let resetsPerSecond = 10_000
    /// Times that a call is sent again to a target that has not processed it. Passed: the next target, else 502.
    static let refusals = 2
    /// Times a call is planned anew because the governance state changed under it. Passed: 503.
    package static let planAttempts = 5
    /// Cheaper routes that budgets may send one call to, one after another; beyond, the last budget refuses it.
    package static let budgetReroutes = 4
    /// Tags on a request. Passed: 400.
    package static let tags = 16
    /// Bytes of a tag's name and value. Passed: 400.
    package static let tagNameBytes = 64
    package static let tagValueBytes = 128
    /// Bytes of `x-tollbook-interaction`. Passed: 400.
    package static let interactionBytes = 128
    /// Bytes of `x-tollbook-end-user`, as of the body's `user`. Passed: 400.
    package static let endUserBytes = 1_024
    /// Bytes of a key as callers send it; issued ones have under 64. Passed: the key is unknown.
    package static let secretBytes = 512
    /// Microseconds between a signature's time and the gateway's, either way, as at AWS. Passed: 403.
    package static let signatureAgeMicros: Int64 = 300_000_000
    /// Bytes of a provider's credential. Passed: the credential is unavailable.
    package static let credentialBytes = 16 << 10
    /// Bytes of a file of certificates or of a key; the largest trust stores have a quarter of it. Passed: the file
    /// cannot be used.
    static let certificateFileBytes = 4 << 20
    /// Providers' sets of certificate files that are kept read. Passed: all are read again as they are needed.
    static let certificateSets = 256
    /// Service accounts whose tokens are kept. Passed: all are fetched again as they are needed.
    static let serviceAccounts = 256
    /// Bytes of a token endpoint's answer; real ones have 2 KiB. Passed: there is no token.
    static let tokenAnswerBytes = 64 << 10
    /// Bytes of a provider's request id that are kept.
    package static let upstreamIDBytes = 256
    /// Connections waiting to be accepted; the kernel caps it further.
    package static let listenBacklog: Int32 = 1_024
    /// Event loops; the request ids have five bits for them.
    package static let eventLoops = 32

    /// Bytes of a provider's id of a file or batch; known ones have under 80. Passed: there is no such thing.
    static let storedIDBytes = 256
    /// Files on one page of a list, as at OpenAI. Asked for more: 400.
    static let listedFiles = 10_000
    /// Batches on one page of a list, as at OpenAI, and where nothing is asked for. Asked for more: 400.
    static let listedBatches = 100
    static let listedBatchesUnasked = 20
    /// Batches that are watched at once, the oldest first; more wait for these to end.
    static let watchedBatches = 4_096
    /// Batches that are looked at side by side.
    static let batchLooks = 4
    /// Bytes of a provider's JSON about a file or batch; metadata has at most 16 KiB. Passed: it is malformed.
    static let storedObjectBytes = 256 << 10
    /// Bytes of the lines' usage objects that are kept of a batch; the first ones that fit.
    static let batchUsageBytes = 16 << 10

    // MARK: Times, in milliseconds

    /// Between two looks at a batch, at first; each wait is half as long again as the one before.
    package static let batchPollMillis: Int64 = 15_000
    /// The longest wait between two looks at a batch.
    static let batchPollMostMillis: Int64 = 600_000
    /// How long a batch is asked for that its provider, or the way there, does not know any more: OpenAI's last 24
    /// hours, and what comes of them is kept for longer. Passed: the hold is charged.
    static let batchGiveUpMillis: Int64 = 7 * 86_400_000
    /// For a file with results to come. Passed: it is fetched again later.
    static let batchFetchMillis: Int64 = 600_000
    /// For a look at a batch.
    static let batchLookMillis: Int64 = 60_000

    /// For a provider's counter of tokens to answer, from the request on; it reads a prompt and writes nothing. Passed:
    /// the gateway's estimate is the answer.
    static let countMillis: Int64 = 10_000

    /// Name look-up, TCP and TLS together. Passed: the next target, else 504 (502 when it was the handshake).
    package static let connectMillis: Int64 = 5_000
    /// From the dispatch to the answer's head; reasoning models think for minutes before a plain answer. Passed: 504.
    package static let firstByteMillis: Int64 = 600_000
    /// Between two chunks of an answer. Passed: the answer is cut.
    package static let betweenChunksMillis: Int64 = 120_000
    /// From acceptance to the last byte. Passed: the answer is cut.
    package static let totalMillis: Int64 = 1_800_000
    /// A client's head, from its first byte. Passed: 408.
    package static let headerMillis: Int64 = 30_000
    /// Between two chunks of a client's body. Passed: 408.
    package static let bodyIdleMillis: Int64 = 60_000
    /// A client's connection between two requests; above the 60 s of common load balancers. Passed: closed.
    package static let keepAliveMillis: Int64 = 75_000
    /// For a client to take what waits for it. Passed: it is gone.
    package static let clientStallMillis: Int64 = 60_000
    /// For a call to wait for a place; callers' own retries come on top. Passed: 503 `overloaded`.
    package static let queueMillis: Int64 = 10_000
    /// For the ledger to open a request. Passed: 503, and the request is voided once it opens.
    package static let openMillis: Int64 = 30_000
    /// For a client to read the answer of a request that was refused before its body was read.
    package static let lingerMillis: Int64 = 2_000
    /// For a provider to end its answer after the terminal event. Passed: the connection is closed.
    package static let trailingMillis: Int64 = 5_000
    /// An idle plain connection to a provider: common Python servers close after 5 s.
    package static let idlePlainMillis: Int64 = 4_000
    /// An idle TLS connection to a provider: common load balancers close after 60 s.
    package static let idleTLSMillis: Int64 = 50_000
    /// What is taken off the time for which a provider says that it keeps an idle connection: a request is under way
    /// for some of it. Of a second, half is.
    private static let keepAliveMarginMillis: Int64 = 1_000
    /// An idle connection that was left within this is used without a look at its socket: the event loop has just seen
    /// it.
    static let unwatchedMillis: Int64 = 100
    /// From a request on a connection that had been idle to its end without a byte of an answer: its end was on the
    /// way, which takes a round trip. Passed: the provider may have read the request, which is not sent again.
    static let closedIdleMillis: Int64 = 1_000
    /// For an HTTP/2 connection to be quiet while it owes answers, before the provider is asked whether it is there.
    static let quietMillis: Int64 = 10_000
    /// For it to say so. Passed: the connection is closed.
    static let pingMillis: Int64 = 5_000
    /// How often each event loop looks at its deadlines; every time above is exact to this.
    package static let tickMillis: Int64 = 50
    /// For a command to print a credential; signing in over a network takes a few. Passed: it is killed.
    static let commandMillis: Int64 = 10_000
    /// Between two runs of a command that failed or whose answer a provider refused.
    static let commandRetryMillis: Int64 = 5_000
    /// For a call to wait for its credential: two commands' time, where one waits for its turn; a token takes half of
    /// it. Passed: 504.
    static let credentialWaitMillis: Int64 = 2 * commandMillis + connectSlackMillis
    /// For a token endpoint to answer, with its connection. Passed: there is no token.
    static let tokenMillis: Int64 = 10_000
    /// Seconds of a token's time that are left when it is renewed, at most.
    static let tokenRenewalSeconds: Int64 = 300
    /// Seconds of a token's time in which it is not used any more: clocks differ, and calls take a moment.
    static let tokenLastSeconds: Int64 = 30
    /// Seconds between two exchanges that fail, at most; the first ones come sooner.
    static let tokenRetrySeconds = 60
    /// Seconds that an assertion is valid; Google takes no longer ones.
    static let assertionSeconds: Int64 = 3_600
    /// Commands that run at once; more wait.
    static let commandThreads = 4
    /// Between two lines in the log about one provider's proxy on one event loop.
    static let proxyLogMillis: Int64 = 10_000
    /// How often the files of credentials and certificates are looked at.
    package static let credentialMillis: Int64 = 1_000
    /// What a connect may take on top before the call itself gives up: the pool notices first.
    package static let connectSlackMillis: Int64 = 1_000
    /// How often a shutdown looks whether the calls have ended.
    package static let drainPollMillis: Int64 = 10
    /// For the last settlements after a shutdown cut their calls.
    package static let settleMillis: Int64 = 10_000

    /// How long an idle connection is kept whose provider tells for how long it does so.
    static func keptMillis(toldSeconds seconds: Int) -> Int64 {
        let millis = Int64(clamping: min(seconds, 86_400)) * 1_000
        return max(millis - keepAliveMarginMillis, millis / 2)
    }
}
