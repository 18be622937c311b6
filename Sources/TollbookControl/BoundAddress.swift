/// Where a listener is bound.
package struct BoundAddress: Sendable, Equatable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// As an http URL without a path.
    package var url: String {
        "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}
