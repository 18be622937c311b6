/// The checksum of event streams: CRC-32 as in ISO 3309 and gzip, eight bytes a step.
enum CRC32 {
    /// The checksum of bytes that follow others.
    ///
    /// - Parameter before: the checksum of the bytes before them; 0: there are none.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var value = ~before
            var index = 0
            while index &+ 8 <= bytes.count {
                let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ value
                let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index &+ 4, as: UInt32.self))
                value =
                    tables[0x700 | Int(low & 0xFF)] ^ tables[0x600 | Int(low >> 8 & 0xFF)]
                    ^ tables[0x500 | Int(low >> 16 & 0xFF)] ^ tables[0x400 | Int(low >> 24)]
                    ^ tables[0x300 | Int(high & 0xFF)] ^ tables[0x200 | Int(high >> 8 & 0xFF)]
                    ^ tables[0x100 | Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
                index &+= 8
            }
            while index < bytes.count {
                value = tables[Int((value ^ UInt32(bytes[index])) & 0xFF)] ^ value >> 8
                index &+= 1
            }
            return ~value
        }
    }

    /// Eight tables of 256: the first is of one byte, each further one of a byte with one more zero byte behind it.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { (index: UInt32) -> UInt32 in
            var value = index
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
            return value
        }
        for index in 256..<2_048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ before >> 8)
        }
        return tables
    }()
}
