internal import TollbookControl
internal import TollbookCore

/// A host and a port to listen on, written `HOST:PORT`; an IPv6 host stands in brackets.
struct ListenAddress: Equatable, Sendable {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Throws: `invalid_setting`.
    init(_ text: String, setting: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw Self.malformed(text, setting) }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw Self.malformed(text, setting)
        }
        guard !host.isEmpty else { throw Self.malformed(text, setting) }
        self.init(host: String(host), port: port)
    }

    private static func malformed(_ text: String, _ setting: String) -> TollbookError {
        TollbookError(
            .invalidSetting, "\(setting): `\(text)` is not HOST:PORT", hint: "for example 127.0.0.1:8080, or [::1]:8080"
        )
    }
}
