/// Where a provider is, read from its base URL.
package struct UpstreamEndpoint: Equatable, Sendable {
    package let usesTLS: Bool
    /// Without brackets.
    package let host: String
    package let port: Int
    /// `host` or `host:port`, as the Host header and the URL have it.
    package let authority: String
    /// The path without a trailing slash; empty or beginning with a slash.
    package let path: String

    /// Reads `http[s]://host[:port][/path]`; nil for anything else: user info, query, fragment, spaces.
    package init?(baseURL: String) {
        let rest: Substring
        if baseURL.hasPrefix("https://") {
            usesTLS = true
            rest = baseURL.dropFirst(8)
        } else if baseURL.hasPrefix("http://") {
            usesTLS = false
            rest = baseURL.dropFirst(7)
        } else {
            return nil
        }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.refused.contains($0) }) else { return nil }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[slash...]
        while path.hasSuffix("/") { path = path.dropLast() }
        guard let (host, port) = Self.split(rest[..<slash], defaultPort: usesTLS ? 443 : 80) else { return nil }
        self.host = host
        self.port = port
        self.authority = String(rest[..<slash])
        self.path = String(path)
    }

    /// The same place with another path.
    package func with(path: String) -> UpstreamEndpoint {
        UpstreamEndpoint(usesTLS: usesTLS, host: host, port: port, authority: authority, path: path)
    }

    private init(usesTLS: Bool, host: String, port: Int, authority: String, path: String) {
        self.usesTLS = usesTLS
        self.host = host
        self.port = port
        self.authority = authority
        self.path = path
    }

    /// Characters that have no place in a base URL, or would mean another part of one.
    private static let refused = Array("@?#\\\"<>".utf8)

    private static func split(_ authority: Substring, defaultPort: Int) -> (host: String, port: Int)? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let rest = authority[authority.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { return nil }
        guard let port else { return (String(host), defaultPort) }
        guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        return (String(host), number)
    }
}
