/// Every setting of `tollbook serve`: README's table is made of these.
///
/// A setting comes from its flag, else its environment variable, else the file given with `--config`, else its
/// default.
enum ServeSetting: String, CaseIterable, Sendable {
    case data
    case listen
    case adminListen = "admin-listen"
    case apply
    case simulator
    case eventLoops = "event-loops"
    case logFormat = "log-format"
    case logLevel = "log-level"
    case caFile = "ca-file"
    case connectTimeout = "connect-timeout"
    case firstByteTimeout = "first-byte-timeout"
    case chunkTimeout = "chunk-timeout"
    case totalTimeout = "total-timeout"
    case headerTimeout = "header-timeout"
    case keepAliveTimeout = "keep-alive-timeout"
    case drainTimeout = "drain-timeout"
    case batchPoll = "batch-poll"
    case bodyTimeout = "body-timeout"
    case maximumBody = "max-body"
    case maximumUpload = "max-upload"
    case maximumConnections = "max-connections"
    case maximumCalls = "max-calls"
    case maximumQueued = "max-queued"
    case queueTimeout = "queue-timeout"
    case ballast

    /// `--admin-listen`.
    var flag: String { "--" + rawValue }

    /// `TOLLBOOK_ADMIN_LISTEN`.
    var variable: String { "TOLLBOOK_" + fileKey.uppercased() }

    /// `admin_listen`, the key in `tollbook.yaml`.
    var fileKey: String { String(rawValue.map { $0 == "-" ? "_" : $0 }) }

    /// What it decides, for `--help` and README.
    var help: String {
        switch self {
        case .data: "Data directory; made when it is missing. Required."
        case .listen: "Data plane's HOST:PORT; port 0 takes a free one."
        case .adminListen: "Control plane's HOST:PORT; port 0 takes a free one."
        case .apply: "Governance file or directory to apply before the first call."
        case .simulator: "Whether the built-in simulated provider runs; the flag for false is `--no-simulator`."
        case .eventLoops: "Threads of the data plane."
        case .logFormat: "Log lines: text or json."
        case .logLevel: "Least level logged: trace, debug, info, notice, warning, error, critical."
        case .caFile: "PEM file of certificates to trust besides the system's."
        case .connectTimeout: "Longest wait for a connection to a provider."
        case .firstByteTimeout: "Longest wait for a provider's answer to begin."
        case .chunkTimeout: "Longest wait between two pieces of a provider's answer, or for it to take more of a body."
        case .totalTimeout: "Longest time of one call."
        case .headerTimeout: "Longest wait for a caller's request head."
        case .keepAliveTimeout: "How long a caller's idle connection is kept."
        case .drainTimeout: "How long calls in progress may go on after SIGTERM."
        case .batchPoll: "Wait before the first look at a batch; later ones come more slowly, up to 10m."
        case .bodyTimeout: "Longest wait between two pieces of a caller's body."
        case .maximumBody: "Largest request body that is held whole."
        case .maximumUpload: "Largest request body that is streamed to the provider: forms and what is passed through."
        case .maximumConnections: "Connections of callers at once."
        case .maximumCalls: "Calls in flight at once; more wait, and get freed places by their projects' shares."
        case .maximumQueued: "Calls that wait at once; a project's are at most a quarter of them."
        case .queueTimeout: "Longest wait of a call for its place."
        case .ballast: "Disk space kept in reserve to settle calls when the disk is full."
        }
    }
}
