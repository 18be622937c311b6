/// What the control plane stands on; made once by whoever runs the server.
package struct ControlServices: Sendable {
    let token: OwnerToken
    let refusals: RefusalBook
    /// Why the gateway is not ready, in order; empty: it is.
    let readiness: @Sendable () -> [ReadinessFault]
    /// The page of metrics.
    let metrics: @Sendable () -> String

    package init(
        token: OwnerToken, refusals: RefusalBook, readiness: @escaping @Sendable () -> [ReadinessFault],
        metrics: @escaping @Sendable () -> String
    ) {
        self.token = token
        self.refusals = refusals
        self.readiness = readiness
        self.metrics = metrics
    }
}
