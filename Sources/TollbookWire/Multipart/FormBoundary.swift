/// The delimiter of a form's parts, out of its content type (RFC 2046, section 5.1.1).
package struct FormBoundary: Equatable, Sendable {
    /// What stands between two parts: a line end, two hyphens and the boundary.
    let delimiter: [UInt8]

    /// - Parameter contentType: a header's value, such as `multipart/form-data; boundary=x`.
    /// - Returns: nil for another type, and where there is not exactly one boundary that RFC 2046 allows.
    package init?(contentType: String) {
        let bytes = Array(contentType.utf8)
        guard let semicolon = bytes.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let type = bytes[..<semicolon].filter { $0 != 0x20 && $0 != 0x09 }
        guard HeaderParameters.equal(type[...], "multipart/form-data"),
            let parameters = HeaderParameters(bytes[semicolon...])
        else { return nil }
        let boundaries = parameters.all.filter { HeaderParameters.equal($0.name, "boundary") }
        guard boundaries.count == 1, Self.isAllowed(boundaries[0].value) else { return nil }
        delimiter = Array("\r\n--".utf8) + boundaries[0].value
    }

    /// One to 70 characters of a closed list, the last of which is no space.
    private static func isAllowed(_ boundary: [UInt8]) -> Bool {
        (1...70).contains(boundary.count) && boundary.last != 0x20 && boundary.allSatisfy { isAllowed($0) }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
