package import NIOCore

/// Appends compact JSON text to a buffer; puts the commas itself.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.name("model")
///         json.value("gpt-4o-mini")
///     }
///
/// Strings are escaped as RFC 8259 section 7 demands (quote, backslash, U+0000 to U+001F), and U+007F, U+2028
/// and U+2029 too, so that a text stays one line everywhere. Nothing stops a caller from writing two top-level
/// values or the same name twice.
package struct JSONWriter: Sendable {
    package private(set) var buffer: ByteBuffer
    /// Whether the next name or element needs a comma before it.
    private var needsComma = false

    package init(buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    /// Writes an object whose members the closure writes.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose("{", "}", members)
    }

    /// Writes an array whose elements the closure writes.
    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        enclose("[", "]", elements)
    }

    /// Writes a member's name; its value must follow.
    package mutating func name(_ name: String) {
        separate()
        writeString(name)
        buffer.writeStaticString(":")
        needsComma = false
    }

    /// A string, escaped.
    package mutating func value(_ value: String) {
        separate()
        writeString(value)
    }

    /// A string, or null.
    package mutating func value(_ value: String?) {
        if let value { self.value(value) } else { null() }
    }

    /// A string that is escaped already.
    package mutating func value(_ text: JSONText) {
        separate()
        buffer.writeStaticString("\"")
        buffer.writeImmutableBuffer(text.escaped)
        buffer.writeStaticString("\"")
    }

    /// An integer.
    package mutating func value(_ value: Int64) {
        separate()
        buffer.writeString(String(value))
    }

    /// `true` or `false`.
    package mutating func value(_ value: Bool) {
        separate()
        buffer.writeStaticString(value ? "true" : "false")
    }

    /// `null`.
    package mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    /// Writes bytes that are one JSON value already.
    package mutating func raw(_ json: ByteBuffer) {
        separate()
        buffer.writeImmutableBuffer(json)
    }

    private mutating func enclose(_ open: StaticString, _ close: StaticString, _ content: (inout JSONWriter) -> Void) {
        separate()
        buffer.writeStaticString(open)
        needsComma = false
        content(&self)
        buffer.writeStaticString(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeStaticString(",") }
        needsComma = true
    }

    private mutating func writeString(_ text: String) {
        buffer.writeStaticString("\"")
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            for index in bytes.indices {
                guard let escape = Self.escape(bytes, index) else { continue }
                buffer.writeBytes(bytes[written..<index])
                buffer.writeString(escape.text)
                written = index + escape.length
            }
            buffer.writeBytes(bytes[written...])
        }
        buffer.writeStaticString("\"")
    }

    /// What stands for the character at `index`, and its length in UTF-8; nil if it stands for itself.
    private static func escape(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (text: String, length: Int)? {
        switch bytes[index] {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case 0x0A: return ("\\n", 1)
        case 0x0D: return ("\\r", 1)
        case 0x09: return ("\\t", 1)
        case 0..<0x20, 0x7F:
            let digits = String(bytes[index], radix: 16)
            return ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits, 1)
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8:
            return (bytes[index + 2] == 0xA8 ? "\\u2028" : "\\u2029", 3)
        default: return nil
        }
    }
}
