internal import TollbookPolicy

/// Finds virtual keys by their secret; remembers the last one, because a connection's calls mostly share theirs.
final class KeyFinder {
    private let ledger: any CallLedger
    private var lastPlace = RequestHeaders.SecretPlace.query
    private var lastValue = ""
    private var lastHash: SecretHash?

    init(ledger: any CallLedger) {
        self.ledger = ledger
    }

    /// The keyed hash of the secret in a header or query; nil for what cannot be one.
    func hash(_ place: RequestHeaders.SecretPlace, _ value: String) -> SecretHash? {
        if place == lastPlace, value == lastValue { return lastHash }
        guard value.utf8.count <= GatewayLimits.secretBytes else { return nil }
        var secret = Substring(value)
        if place == .authorization { secret = secret[secret.utf8.index(secret.startIndex, offsetBy: 7)...] }
        let hash = Array(secret.trimmingSpaces().utf8).withUnsafeBytes { bytes in
            bytes.isEmpty ? nil : ledger.hashSecret(bytes)
        }
        lastPlace = place
        lastValue = value
        lastHash = hash
        return hash
    }
}
