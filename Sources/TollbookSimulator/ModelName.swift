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
}
