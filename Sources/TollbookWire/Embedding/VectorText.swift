internal import NIOCore

/// Vectors as OpenAI encodes them: the base64 (RFC 4648, section 4) of 32-bit floats in little-endian order.
enum VectorText {
    /// nil for what is no array of numbers that such floats can hold.
    static func base64(of vector: JSONView) -> String? {
        var bytes: [UInt8] = []
        for element in vector.elements {
            guard let number = element.number, let float = Float(String(buffer: number)), float.isFinite else {
                return nil
            }
            withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return encode(bytes)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                text.append(
                    place > group.count ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
