/// An SQL text without the values in it, for the audit trail: a literal may name a person.
enum SQLShape {
    /// What an event keeps of a text.
    private static let maximumBytes = 2_000

    /// The text with every literal and quoted name as `?`, comments and runs of white space as one space.
    static func shape(of sql: String) -> String {
        var scanner = Scanner(bytes: Array(sql.utf8))
        return String(decoding: scanner.run().prefix(maximumBytes), as: UTF8.self)
    }

    private struct Scanner {
        let bytes: [UInt8]
        private var position = 0
        private var output: [UInt8] = []

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func run() -> [UInt8] {
            while position < bytes.count {
                let byte = bytes[position]
                switch byte {
                case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): skipQuoted(closing: byte)
                case UInt8(ascii: "["): skipQuoted(closing: UInt8(ascii: "]"))
                case UInt8(ascii: "-") where next == byte: skipLine()
                case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipComment()
                case 0...32: putSpace()
                case UInt8(ascii: "0")...UInt8(ascii: "9"): skipNumber()
                default: putWord()
                }
            }
            return output
        }

        private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

        /// A doubled closing quote stands for itself inside the quotes.
        private mutating func skipQuoted(closing: UInt8) {
            position += 1
            while position < bytes.count {
                let isClosing = bytes[position] == closing
                if isClosing, next != closing { break }
                position += isClosing ? 2 : 1
            }
            position += 1
            output.append(UInt8(ascii: "?"))
        }

        private mutating func skipLine() {
            while position < bytes.count, bytes[position] != 10 { position += 1 }
            putSpace()
        }

        private mutating func skipComment() {
            position += 2
            while position < bytes.count, !(bytes[position] == UInt8(ascii: "*") && next == UInt8(ascii: "/")) {
                position += 1
            }
            position += 1
            putSpace()
        }

        private mutating func putSpace() {
            position += 1
            if output.last != 32 { output.append(32) }
        }

        private mutating func skipNumber() {
            while position < bytes.count, Self.isWord(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
                position += 1
            }
            output.append(UInt8(ascii: "?"))
        }

        /// A word, so that digits inside a name stay; any other byte by itself.
        private mutating func putWord() {
            repeat {
                output.append(bytes[position])
                position += 1
            } while position < bytes.count && Self.isWord(output[output.count - 1]) && Self.isWord(bytes[position])
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...:
                true
            default: false
            }
        }
    }
}
