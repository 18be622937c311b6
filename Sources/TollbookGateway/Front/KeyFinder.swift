internal import TollbookPolicy

/// Finds virtual keys by their secret; remembers the last one, because a connection's calls mostly share theirs.
final class KeyFinder {
    private let ledger: any CallLedger
    private var lastSecret = ""
    private var lastHash: SecretHash?

    init(ledger: any CallLedger) {
        self.ledger = ledger
    }

    /// The keyed hash of a secret; nil for what cannot be one.
    func hash(of secret: String) -> SecretHash? {
        if secret == lastSecret { return lastHash }
        guard secret.utf8.count <= GatewayLimits.secretBytes else { return nil }
        var secret = secret
        let hash = secret.withUTF8 { ledger.hashSecret(UnsafeRawBufferPointer($0)) }
        lastSecret = secret
        lastHash = hash
        return hash
    }
}
