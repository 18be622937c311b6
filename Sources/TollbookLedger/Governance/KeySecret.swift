/// The secret of a virtual key: `tb-` and 256 random bits in base64url (RFC 4648, section 5, unpadded).
enum KeySecret {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)

    /// A new secret from the system's generator.
    static func make() -> String {
        text(SystemRandom.bytes(32))
    }

    /// The last four characters, which give nothing away.
    static func hint(_ secret: String) -> String {
        String(secret.suffix(4))
    }

    /// `tb-` and six bits a character.
    static func text(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView("tb-".unicodeScalars)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                scalars.append(alphabet[Int(buffer >> bits) & 63])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { scalars.append(alphabet[Int(buffer << (6 - bits)) & 63]) }
        return String(scalars)
    }
}
