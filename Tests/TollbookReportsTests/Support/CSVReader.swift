/// Reads CSV as RFC 4180 describes it; for tests, apart from the writer. nil is an empty field without quotes.
enum CSVReader {
    static func lines(_ bytes: [UInt8]) -> [[String?]] {
        var lines: [[String?]] = []
        var line: [String?] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        var position = 0
        func value() -> String? { field.isEmpty && !wasQuoted ? nil : String(decoding: field, as: UTF8.self) }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if position < bytes.count, bytes[position] == byte {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isQuoted = true
                wasQuoted = true
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                line.append(value())
                field = []
                wasQuoted = false
                if byte == UInt8(ascii: "\n") {
                    lines.append(line)
                    line = []
                }
            case UInt8(ascii: "\r"): break
            default: field.append(byte)
            }
        }
        return lines
    }
}
