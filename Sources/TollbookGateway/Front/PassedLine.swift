/// The request line of a call that is passed through to a provider's own path.
struct PassedLine {
    let method: String
    /// What stands behind the provider's name, with its slash, as it was sent.
    let path: String

    /// - Parameter path: `/passthrough/{provider}/…`, without the query.
    init(method: String, path: String) {
        self.method = method
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        self.path = "/" + (parts.count > 3 ? String(parts[3]) : "")
    }
}
