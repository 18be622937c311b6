/// What the headers of a form's part say (RFC 7578, section 4.2).
struct FormPartHead: Equatable, Sendable {
    /// The field's name, without its quotes.
    private(set) var name: [UInt8] = []
    /// Whether servers could read another name out of the same bytes.
    private(set) var isAmbiguous = false
    /// Whether the part is a file: whatever its name is, servers keep it apart from fields.
    private(set) var isFile = false

    /// - Parameter lines: the headers without the empty line behind them.
    /// - Returns: nil where they are no headers, or have no name of a field.
    init?(_ lines: ArraySlice<UInt8>) {
        var rest = lines
        var hasDisposition = false
        while !rest.isEmpty {
            guard let line = Self.takeLine(&rest), let colon = line.firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            let header = line[..<colon]
            // A line that goes on with the one before begins with a space.
            guard let first = header.first, first > 0x20, header.last ?? 0 > 0x20 else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            if HeaderParameters.equal(header, "content-disposition") {
                guard !hasDisposition, readDisposition(value) else { return nil }
                hasDisposition = true
            } else if HeaderParameters.equal(header, "content-transfer-encoding") {
                readEncoding(value)
            }
        }
        guard hasDisposition else { return nil }
    }

    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
            defer { rest = [] }
            return rest
        }
        let line = rest[..<end]
        guard rest[end...].starts(with: [0x0D, 0x0A]) else { return nil }
        rest = rest[(end + 2)...]
        return line
    }

    /// False where there is no name, or more than one.
    private mutating func readDisposition(_ value: ArraySlice<UInt8>) -> Bool {
        let type = value.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard HeaderParameters.equal(type, "form-data"), let parameters = HeaderParameters(value[type.endIndex...])
        else { return false }
        var names = 0
        for parameter in parameters.all {
            if HeaderParameters.equal(parameter.name, "name") {
                names += 1
                name = parameter.value
                if parameter.isEscaped { isAmbiguous = true }
            } else if HeaderParameters.equal(parameter.name, "name*") {
                return false
            } else if parameter.name.count >= 8, HeaderParameters.equal(parameter.name.prefix(8), "filename") {
                isFile = true
            }
        }
        return names == 1
    }

    /// Deprecated, and heeded by some servers.
    private mutating func readEncoding(_ value: ArraySlice<UInt8>) {
        let isPlain =
            HeaderParameters.equal(value, "binary") || HeaderParameters.equal(value, "8bit")
            || HeaderParameters.equal(value, "7bit")
        if !isPlain { isAmbiguous = true }
    }
}
