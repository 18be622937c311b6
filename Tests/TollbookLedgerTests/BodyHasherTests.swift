import Testing
import TollbookLedger

/// The keyed hash of a body: RFC 4231's vectors for HMAC-SHA-256, cut to 16 bytes as section 4.6 has them.
@Suite struct BodyHasherTests {
    private static func hash(key: [UInt8], _ parts: [String]) -> String {
        var hasher = BodyHasher(key: key)
        for part in parts { Array(part.utf8).withUnsafeBytes { hasher.update($0) } }
        return hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func hashesUnderAShortKey() {
        let key = [UInt8](repeating: 0x0B, count: 20)
        #expect(Self.hash(key: key, ["Hi There"]) == "b0344c61d8db38535ca8afceaf0bf12b")
    }

    @Test func hashesUnderAKeyLongerThanABlock() {
        let key = [UInt8](repeating: 0xAA, count: 131)
        let text = "Test Using Larger Than Block-Size Key - Hash Key First"
        #expect(Self.hash(key: key, [text]) == "60e431591ee0b67f0d8a26aacbf5b77f")
    }

    @Test func givesTheSameHashHoweverTheBodyIsCut() {
        let expected = "5bdcc146bf60754e6a042426089575c7"
        #expect(Self.hash(key: Array("Jefe".utf8), ["what do ya want for nothing?"]) == expected)
        #expect(Self.hash(key: Array("Jefe".utf8), ["what do ya ", "", "want for nothing?"]) == expected)
    }

    @Test func leavesTheHasherThatItWasCopiedFromUnused() {
        let fresh = BodyHasher(key: Array("Jefe".utf8))
        var used = fresh
        Array("what do ya want for nothing?".utf8).withUnsafeBytes { used.update($0) }
        #expect(fresh.finalize() == BodyHasher(key: Array("Jefe".utf8)).finalize())
        #expect(fresh.finalize() != used.finalize())
    }
}
