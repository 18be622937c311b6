/// What a provider may have besides its dialect and address; names as in governance files and the ledger.
package enum ProviderSetting: String, CaseIterable, Sendable {
    /// The preset that it was made with.
    case preset
    /// The version of Azure's interface that is asked for.
    case apiVersion = "api_version"
    /// The region of AWS that calls are signed for.
    case awsRegion = "aws_region"
    /// A PEM file of the certificates that are trusted for it, instead of the system's.
    case caFile = "ca_file"
    /// A PEM file of the certificate that the gateway shows, with its chain.
    case clientCertificate = "client_certificate"
    /// A PEM file of that certificate's key; not set: the key is in the certificate's file.
    case clientKey = "client_key"
    /// Whether HTTP/2 is offered to it; an `HTTP2Offer`.
    case http2
    /// The HTTP proxy that its connections go through.
    case proxy
    /// Where the proxy's `USER:PASSWORD` is found; a `CredentialSource`.
    case proxyCredential = "proxy_credential"
}
