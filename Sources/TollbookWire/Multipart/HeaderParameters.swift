/// The parameters behind a header's value: `; name=token; name="text"` (RFC 9110, section 5.6.6).
struct HeaderParameters {
    struct Parameter {
        /// As written.
        let name: ArraySlice<UInt8>
        /// Without quotes, and each backslash with what it stands before.
        let value: [UInt8]
        /// Whether a backslash stood in it: servers differ in what they make of one.
        let isEscaped: Bool
    }

    private(set) var all: [Parameter] = []

    /// - Parameter bytes: from the first semicolon on, or empty.
    /// - Returns: nil where anything else stands there.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while true {
            Self.skipSpaces(&rest)
            guard let first = rest.first else { return }
            guard first == UInt8(ascii: ";") else { return nil }
            rest.removeFirst()
            Self.skipSpaces(&rest)
            if rest.isEmpty { return }
            guard let parameter = Self.parameter(&rest) else { return nil }
            all.append(parameter)
        }
    }

    private static func parameter(_ rest: inout ArraySlice<UInt8>) -> Parameter? {
        let name = rest.prefix { isToken($0) }
        rest = rest[name.endIndex...]
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
        rest.removeFirst()
        guard rest.first == UInt8(ascii: "\"") else {
            let value = rest.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
            rest = rest[value.endIndex...]
            guard !value.isEmpty, !value.contains(UInt8(ascii: "\"")) else { return nil }
            return Parameter(name: name, value: Array(value), isEscaped: value.contains(UInt8(ascii: "\\")))
        }
        rest.removeFirst()
        return quoted(name, &rest)
    }

    private static func quoted(_ name: ArraySlice<UInt8>, _ rest: inout ArraySlice<UInt8>) -> Parameter? {
        var value: [UInt8] = []
        var isEscaped = false
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return Parameter(name: name, value: value, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                isEscaped = true
                value.append(next)
            default: value.append(byte)
            }
        }
        return nil
    }

    private static func skipSpaces(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// Whether a byte may stand in a name (RFC 9110, section 5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether bytes are `text`, which has no capitals, but for the case of ASCII letters.
    static func equal(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for (index, byte) in bytes.enumerated() {
            let small = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            if small != text.utf8Start[index] { return false }
        }
        return true
    }
}
