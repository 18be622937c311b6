internal import Foundation

/// Bytes of the system's cryptographic generator.
enum SystemRandom {
    /// - Precondition: `count` is not negative.
    static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var filled = 0
            // getentropy gives at most 256 bytes a call and fails only for a bad address.
            while filled < count {
                let part = min(256, count - filled)
                let code = getentropy(buffer.baseAddress.map { $0 + filled }, part)
                precondition(code == 0, "the system's random generator answers")
                filled += part
            }
            initialized = count
        }
    }

    /// A positive 63-bit pseudonym.
    static func pseudonym() -> Int64 {
        let value = bytes(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        return max(1, Int64(value >> 1))
    }
}
