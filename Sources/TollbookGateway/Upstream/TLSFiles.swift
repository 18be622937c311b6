internal import NIOSSL
internal import TollbookPolicy

/// The certificate files of a provider, and what is made of them.
struct TLSFiles: Hashable, Sendable {
    private let authorities: String?
    private let certificate: String?
    private let key: String?

    /// nil: the provider has none.
    init?(_ network: ProviderNetwork) {
        guard network.caFile != nil || network.clientCertificate != nil else { return nil }
        authorities = network.caFile
        certificate = network.clientCertificate
        key = network.clientKey
    }

    /// What tells whether one of the files has changed. Blocks for a moment.
    func stamps() -> [FileStamp?] {
        [authorities, certificate, key].map { $0.flatMap(FileStamp.init(path:)) }
    }

    /// TLS settings with these files. Blocks: reads them.
    ///
    /// - Parameter base: settings for everything that the files do not say.
    /// - Throws: a `TLSFileFault` that names the file; what NIOSSL throws for `base`.
    func makeContext(base: TLSConfiguration) throws -> NIOSSLContext {
        var configuration = base
        if let authorities {
            configuration.trustRoots = .certificates(try Self.certificates(authorities, .caFile))
            configuration.additionalTrustRoots = []
        }
        guard let certificate else { return try NIOSSLContext(configuration: configuration) }
        configuration.certificateChain = try Self.certificates(certificate, .clientCertificate)
            .map { .certificate($0) }
        configuration.privateKey = .privateKey(try privateKey(beside: certificate))
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileFault(keySetting, key ?? certificate, .isNotTheCertificates)
        }
    }

    /// Looks whether the files are what they should be. Blocks: reads them.
    func fault() -> TLSFileFault? {
        var base = TLSConfiguration.makeClientConfiguration()
        // The system's certificates are not read for this.
        base.trustRoots = .certificates([])
        do {
            _ = try makeContext(base: base)
            return nil
        } catch {
            return error as? TLSFileFault
        }
    }

    private var keySetting: ProviderSetting { key == nil ? .clientCertificate : .clientKey }

    private func privateKey(beside certificate: String) throws(TLSFileFault) -> NIOSSLPrivateKey {
        let path = key ?? certificate
        let bytes = try Self.contents(path, keySetting)
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSFileFault(keySetting, path, .hasNoKey)
        }
        return key
    }

    private static func certificates(
        _ path: String, _ setting: ProviderSetting
    ) throws(TLSFileFault) -> [NIOSSLCertificate] {
        let bytes = try contents(path, setting)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw TLSFileFault(setting, path, .hasNoCertificate)
        }
        return certificates
    }

    private static func contents(_ path: String, _ setting: ProviderSetting) throws(TLSFileFault) -> [UInt8] {
        guard let bytes = SmallFile.contents(of: path, limit: GatewayLimits.certificateFileBytes) else {
            throw TLSFileFault(setting, path, .isUnreadable)
        }
        return bytes
    }
}

/// What is wrong with one of a provider's certificate files.
struct TLSFileFault: Error, Equatable, CustomStringConvertible {
    enum Kind {
        case isUnreadable
        case hasNoCertificate
        case hasNoKey
        case isNotTheCertificates
    }

    let setting: ProviderSetting
    let path: String
    let kind: Kind

    init(_ setting: ProviderSetting, _ path: String, _ kind: Kind) {
        self.setting = setting
        self.path = path
        self.kind = kind
    }

    /// What is wrong; without a full stop.
    var description: String {
        let file = "the file \(Quoted.text(path)) of \(setting.rawValue)"
        return switch kind {
        case .isUnreadable: "\(file) cannot be read"
        case .hasNoCertificate: "\(file) holds no certificate in PEM"
        case .hasNoKey: "\(file) holds no private key in PEM, or one with a passphrase"
        case .isNotTheCertificates: "\(file) holds a key that is not the certificate's"
        }
    }

    /// What to write instead.
    var advice: String {
        switch kind {
        case .isUnreadable: "Name a file that the gateway's user may read, of at most 4 MiB."
        case .hasNoCertificate: "Name a file with BEGIN CERTIFICATE in it."
        case .hasNoKey: "Name a file with BEGIN PRIVATE KEY in it, and no passphrase."
        case .isNotTheCertificates: "Name the key that the certificate was made for."
        }
    }
}
