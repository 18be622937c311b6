/// How a provider is reached: the certificates, the protocol and the proxy that its governance file gives.
package struct ProviderNetwork: Hashable, Sendable {
    /// A PEM file of the certificates that are trusted instead of the system's; nil: the system's are.
    package let caFile: String?
    /// A PEM file of the certificate that the gateway shows, with its chain; nil: none.
    package let clientCertificate: String?
    /// A PEM file of that certificate's key; nil: it is in the certificate's file.
    package let clientKey: String?
    /// Whether HTTP/2 is offered in the TLS handshake.
    package let offersHTTP2: Bool
    /// `http://host:port`; nil: connections go straight to the provider.
    package let proxy: String?
    /// Where the proxy's `USER:PASSWORD` is found; nil: it asks for none.
    package let proxyCredential: String?

    package init(_ settings: [ProviderSetting: String]) {
        caFile = settings[.caFile]
        clientCertificate = settings[.clientCertificate]
        clientKey = settings[.clientKey]
        offersHTTP2 = settings[.http2] == HTTP2Offer.auto.rawValue
        proxy = settings[.proxy]
        proxyCredential = settings[.proxyCredential]
    }
}
