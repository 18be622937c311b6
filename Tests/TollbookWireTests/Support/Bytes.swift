import NIOCore

extension ByteBuffer {
    /// The readable bytes.
    var array: [UInt8] { Array(readableBytesView) }
    var text: String { String(buffer: self) }
}

/// The bytes in chunks of `size`, the last one shorter; 0 for one chunk.
func chunks(_ bytes: [UInt8], _ size: Int) -> [ByteBuffer] {
    guard size > 0 else { return [ByteBuffer(bytes: bytes)] }
    return stride(from: 0, to: bytes.count, by: size).map {
        ByteBuffer(bytes: bytes[$0..<min(bytes.count, $0 + size)])
    }
}

/// A generator with a seed, so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
