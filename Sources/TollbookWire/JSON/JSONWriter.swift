package import NIOCore

/// Appends compact JSON text to a buffer; commas and colons are its own business.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.field("model", "gpt-4o-mini")
///         json.array("choices") { $0.value(1) }
///     }
///
/// Strings are escaped as RFC 8259 section 7 demands: quote, backslash and U+0000 to U+001F, also U+007F,
/// U+2028 and U+2029, so that the text stays one line and can stand in a script. Nothing stops a caller from
/// writing two top-level values or the same name twice.
package struct JSONWriter: Sendable {
    package private(set) var buffer: ByteBuffer
    /// Whether the next value or name needs a comma before it.
    private var needsComma = false

    package init(buffer: ByteBuffer = ByteBuffer()) {
        self.buffer = buffer
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {}
    package mutating func array(_ elements: (inout JSONWriter) -> Void) {}
    package mutating func value(_ value: String) {}
    package mutating func value(_ value: Int64) {}
    package mutating func value(_ value: Bool) {}
    package mutating func null() {}
    /// Writes bytes that are JSON already.
    package mutating func raw(_ json: ByteBuffer) {}
    package mutating func name(_ name: String) {}
}
