internal import NIOCore

/// Members of Gemini's requests, which come under two names: as documented (`mimeType`), and as in the protocol's own
/// definition (`mime_type`). https://protobuf.dev/programming-guides/json/#json-options
extension JSONText {
    /// A member's name as it is documented.
    var geminiName: String {
        let name = string
        guard name.contains("_") else { return name }
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        return words.dropFirst().reduce(words.first.map(String.init) ?? "") {
            $0 + $1.prefix(1).uppercased() + $1.dropFirst()
        }
    }
}

extension JSONView {
    /// The members that are set, by their documented names.
    var geminiMembers: [(name: String, value: JSONView)] {
        members.compactMap { name, value in value.isNull ? nil : (name.geminiName, value) }
    }

    /// A member that is set, by its documented name.
    func gemini(_ name: String) -> JSONView? {
        for (key, value) in members where !value.isNull && key.geminiName == name { return value }
        return nil
    }

    /// The elements of a list; one that stands alone is a list of one.
    var geminiList: [JSONView] { kind == .array ? Array(elements) : [self] }

    /// A whole number, which may be written as a string; nil: it is none.
    var geminiInteger: Int64? { Int64(text?.string ?? number.map { String(buffer: $0) } ?? "") }
}

/// Bytes in Gemini's requests: base64 in either alphabet (RFC 4648, sections 4 and 5).
enum GeminiBytes {
    /// In the alphabet that others take.
    static func standard(_ data: JSONText) -> JSONText {
        let text = data.unescaped
        let isURLSafe = text.readableBytesView.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard isURLSafe else { return data }
        var bytes = ByteBuffer()
        bytes.reserveCapacity(text.readableBytes)
        bytes.writeBytes(
            text.readableBytesView.lazy.map { byte in
                switch byte {
                case UInt8(ascii: "-"): UInt8(ascii: "+")
                case UInt8(ascii: "_"): UInt8(ascii: "/")
                default: byte
                }
            })
        return JSONText(escaping: bytes)
    }
}

/// Another provider's signed or hidden thoughts as a `thoughtSignature`, which must be base64.
enum GeminiSeal {
    static func write(_ seal: SealedThoughts) -> JSONText? {
        seal.content.map { JSONText(escaped: Base64.encode($0.unescaped)) }
    }

    /// `.foreign`: not made here.
    static func read(_ signature: JSONText) -> SealedThoughts {
        guard let bytes = Base64.decode(GeminiBytes.standard(signature).unescaped) else { return .foreign }
        return SealedThoughts(JSONText(escaping: bytes))
    }
}
