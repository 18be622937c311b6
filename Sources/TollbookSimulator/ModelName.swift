internal import NIOCore

/// Reads model names as they stand in a request, escapes and all.
enum ModelName {
    /// The directives in a model name: what follows its last `/` or `:` before the first `=`; nil without a `=`.
    static func directives(_ model: ByteBuffer) -> String? {
        guard model.readableBytesView.contains(UInt8(ascii: "=")) else { return nil }
        let name = text(model)
        guard let equals = name.firstIndex(of: "=") else { return nil }
        guard let separator = name[..<equals].lastIndex(where: { $0 == "/" || $0 == ":" }) else { return nil }
        return String(name[name.index(after: separator)...])
    }

    /// The name unescaped.
    static func text(_ model: ByteBuffer) -> String {
        model.withUnsafeReadableBytes { JSONText.unescaped($0, 0..<$0.count) }
    }

    /// A model's name out of a path; a broken escape stays as it is.
    static func decoded(_ escaped: some Sequence<UInt8>) -> String {
        let source = Array(escaped)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let byte = UInt8(String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
