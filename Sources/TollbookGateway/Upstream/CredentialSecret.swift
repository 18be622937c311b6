internal import NIOCore

/// A provider's secret, ready for its header. Shows itself in no description.
package final class CredentialSecret: Sendable, CustomStringConvertible, CustomReflectable {
    /// `authorization: Bearer …` with its line end.
    let bearerLine: ByteBuffer
    /// `x-api-key: …` with its line end.
    let apiKeyLine: ByteBuffer
    /// `api-key: …` with its line end.
    let azureKeyLine: ByteBuffer
    /// `x-goog-api-key: …` with its line end.
    let googleKeyLine: ByteBuffer
    /// For providers that want requests signed; nil: it is no access key of AWS.
    let awsKeys: AWSKeyPair?
    /// `proxy-authorization: Basic …` with its line end, of a `USER:PASSWORD`.
    let proxyLine: ByteBuffer

    /// - Parameter text: blanks and line ends around it are dropped; nil when nothing is left, or it is too long
    ///   or has a character that a header cannot carry.
    package init?(text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, first <= 0x20 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last <= 0x20 { bytes = bytes.dropLast() }
        guard !bytes.isEmpty, bytes.count <= GatewayLimits.credentialBytes,
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        bearerLine = Self.line("authorization: Bearer ", bytes)
        apiKeyLine = Self.line(Self.apiKeyName, bytes)
        azureKeyLine = Self.line("api-key: ", bytes)
        googleKeyLine = Self.line("x-goog-api-key: ", bytes)
        awsKeys = AWSKeyPair(String(decoding: bytes, as: UTF8.self))
        proxyLine = Self.line("proxy-authorization: Basic ", Base64Text.bytes(of: bytes)[...])
    }

    private static let apiKeyName: StaticString = "x-api-key: "

    private static func line(_ name: StaticString, _ bytes: ArraySlice<UInt8>) -> ByteBuffer {
        var line = ByteBuffer()
        line.reserveCapacity(name.utf8CodeUnitCount + bytes.count + 2)
        line.writeStaticString(name)
        line.writeBytes(bytes)
        line.writeStaticString("\r\n")
        return line
    }

    /// The secret itself, for what is signed with it.
    package var text: String {
        let secret = apiKeyLine.readableBytesView.dropFirst(Self.apiKeyName.utf8CodeUnitCount).dropLast(2)
        return String(decoding: secret, as: UTF8.self)
    }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
