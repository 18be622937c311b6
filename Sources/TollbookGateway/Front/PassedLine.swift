/// The request line of a call that is passed through to a provider's own path.
struct PassedLine: Sendable {
    let method: String
    /// What stands behind the provider's name, with its slash, as it was sent.
    let path: String
    /// Whether it is about files or batches, which Azure has apart from its deployments.
    let isStored: Bool

    /// - Parameter path: `/passthrough/{provider}/…`, without the query.
    init(method: String, path: String) {
        self.method = method
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        self.path = "/" + (parts.count > 3 ? String(parts[3]) : "")
        isStored = false
    }

    /// A call about files or batches.
    ///
    /// - Parameter path: behind the provider's base path, without a query.
    init(stored method: String, _ path: String) {
        self.method = method
        self.path = path
        isStored = true
    }
}
