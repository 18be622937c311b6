/// Changes bytes here and there, for readers that must take whatever comes.
enum Mutation {
    /// Inserts, changes, removes and repeats bytes, most of them such that mean something in JSON.
    static func of(_ seed: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        let interesting = Array("{}[]\",:\\ \n0129-tfn".utf8) + [0, 0x80, 0xC2, 0xED, 0xFF]
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: at)
            case 1: bytes[at] = interesting.randomElement(using: &generator) ?? 0
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &generator)))
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 60)], at: at)
            }
        }
        return bytes
    }
}
