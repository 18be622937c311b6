internal import TollbookCore

/// CSV as RFC 4180 describes it, appended to a buffer: UTF-8, lines end with CR LF, null is an empty field.
///
/// A spreadsheet takes a text that begins with `= + - @`, a tab or a CR for a formula. Names of Tollbook's own objects
/// never begin so, but texts of callers and providers may: such a text gets an apostrophe before it, inside quotes.
/// Numbers stay as they are.
package struct CSVBuffer {
    /// What was appended since the last `removeAll()`.
    package private(set) var bytes: [UInt8] = []
    private var isAtLineStart = true

    package init() {}

    /// Empties the buffer and keeps its memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends a line of texts, for the header.
    package mutating func appendLine(_ texts: [String]) {
        for text in texts { append(text: text) }
        endLine()
    }

    /// Appends an empty field.
    package mutating func appendNull() {
        separate()
    }

    /// Appends a number.
    package mutating func append(_ value: Int64) {
        separate()
        appendDigits(value)
    }

    /// Appends a number, or an empty field.
    package mutating func append(_ value: Int64?) {
        guard let value else { return appendNull() }
        append(value)
    }

    /// Appends a text, quoted unless it is plain.
    package mutating func append(text: String) {
        separate()
        var text = text
        text.withUTF8 { appendText($0) }
    }

    /// Appends a text, or an empty field.
    package mutating func append(text: String?) {
        guard let text else { return appendNull() }
        append(text: text)
    }

    /// Appends a text given as UTF-8.
    package mutating func append(utf8: UnsafeRawBufferPointer) {
        separate()
        utf8.withMemoryRebound(to: UInt8.self) { appendText($0) }
    }

    /// Appends an amount with nine decimals, or an empty field.
    package mutating func append(amount: Int64?) {
        guard let amount else { return appendNull() }
        separate()
        bytes.append(contentsOf: NanoAmount(nano: amount).decimalText.utf8)
    }

    /// Appends a time as RFC 3339 in UTC with microseconds, or an empty field.
    package mutating func append(timeMicros: Int64?) {
        guard let timeMicros else { return appendNull() }
        separate()
        CivilTime.append(micros: timeMicros, to: &bytes)
    }

    /// Appends bytes as lower-case hexadecimal, or an empty field.
    package mutating func append(hexadecimal: [UInt8]?) {
        separate()
        for byte in hexadecimal ?? [] {
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }

    /// Ends the line.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        isAtLineStart = true
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func separate() {
        if !isAtLineStart { bytes.append(UInt8(ascii: ",")) }
        isAtLineStart = false
    }

    private mutating func appendDigits(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        let magnitude = value.magnitude
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func appendText(_ utf8: UnsafeBufferPointer<UInt8>) {
        guard !Self.isPlain(utf8) else { return bytes.append(contentsOf: utf8) }
        bytes.append(UInt8(ascii: "\""))
        if let first = utf8.first, Self.formulaStarts.contains(first) { bytes.append(UInt8(ascii: "'")) }
        for byte in utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let formulaStarts = Array("=+-@\t\r".utf8)

    /// Letters, digits and a few marks that no reader takes for anything else; not at the start of a formula.
    private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = utf8.first else { return false }
        guard !formulaStarts.contains(first) else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: " "):
                true
            default: false
            }
        }
    }
}
