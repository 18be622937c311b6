internal import NIOCore
internal import TollbookPolicy

/// Finds virtual keys by their secret; remembers the last one, because a connection's calls mostly share theirs.
final class KeyFinder {
    private let ledger: any CallLedger
    private var lastPlace = RequestHeaders.SecretPlace.query
    private var lastValue: [UInt8] = []
    private var lastHash: SecretHash?

    init(ledger: any CallLedger) {
        self.ledger = ledger
    }

    /// The keyed hash of the secret in a header or query; nil for what cannot be one.
    func hash(_ place: RequestHeaders.SecretPlace, _ value: ByteBuffer) -> SecretHash? {
        guard value.readableBytes <= GatewayLimits.secretBytes else { return nil }
        return value.withUnsafeReadableBytes { bytes in
            if place == lastPlace, bytes.elementsEqual(lastValue) { return lastHash }
            let hash = makeHash(place, bytes)
            lastPlace = place
            lastValue = Array(bytes)
            lastHash = hash
            return hash
        }
    }

    private func makeHash(_ place: RequestHeaders.SecretPlace, _ bytes: UnsafeRawBufferPointer) -> SecretHash? {
        let secret = place == .authorization ? bytes.dropFirst(Self.scheme.utf8CodeUnitCount) : bytes[...]
        let isBlank = { (byte: UInt8) in byte == HeadByte.space || byte == HeadByte.tab }
        let start = secret.firstIndex { !isBlank($0) } ?? secret.endIndex
        let end = secret.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return start == end ? nil : ledger.hashSecret(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    private static let scheme: StaticString = "bearer "
}
