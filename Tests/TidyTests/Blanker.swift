/// Replaces comments and the contents of string literals by spaces, so that rules look at code only.
///
/// Knows nested comments, escapes, interpolation, multi-line and raw strings; regex literals are taken as code.
struct Blanker {
    private let input: [UInt8]
    private var output: [UInt8]
    private var position = 0

    init(_ text: String) {
        input = Array(text.utf8)
        output = input
    }

    mutating func blanked() -> String {
        code(untilClosingParenthesis: false)
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func code(untilClosingParenthesis: Bool) {
        var depth = 0
        while position < input.count {
            if at("//") {
                blank { $0.at("\n") }
            } else if at("/*") {
                blockComment()
            } else if let hashes = stringStart() {
                string(hashes: hashes)
            } else {
                if at("(") { depth += 1 }
                if at(")") {
                    if untilClosingParenthesis, depth == 0 { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                blank(count: 2)
            } else if at("*/") {
                depth -= 1
                blank(count: 2)
            } else {
                blank(count: 1)
            }
        } while depth > 0 && position < input.count
    }

    /// The number of `#` before a quote that stands here; nil when no string begins.
    private func stringStart() -> Int? {
        var index = position
        while index < input.count, input[index] == UInt8(ascii: "#") { index += 1 }
        guard index < input.count, input[index] == UInt8(ascii: "\"") else { return nil }
        return index - position
    }

    private mutating func string(hashes: Int) {
        let pounds = String(repeating: "#", count: hashes)
        position += hashes
        let quotes = at("\"\"\"") ? "\"\"\"" : "\""
        position += quotes.utf8.count
        while position < input.count, !at(quotes + pounds) {
            if at("\\" + pounds + "(") {
                position += 2 + hashes
                code(untilClosingParenthesis: true)
                position += 1
            } else if at("\\" + pounds) {
                blank(count: 2 + hashes)
            } else if quotes.utf8.count == 1, at("\n") {
                return
            } else {
                blank(count: 1)
            }
        }
        position += quotes.utf8.count + hashes
    }

    private func at(_ text: String) -> Bool {
        let bytes = text.utf8
        return input.count - position >= bytes.count && input[position...].starts(with: bytes)
    }

    private mutating func blank(until isEnd: (Self) -> Bool) {
        while position < input.count, !isEnd(self) { blank(count: 1) }
    }

    private mutating func blank(count: Int) {
        for _ in 0..<count where position < input.count {
            if input[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
            position += 1
        }
    }
}
