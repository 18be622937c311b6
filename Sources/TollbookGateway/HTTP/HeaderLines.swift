internal import NIOCore

/// Header lines as they came, each with its line end.
enum HeaderLines {
    /// The value of the first line of a name; nil: there is none.
    ///
    /// - Parameters:
    ///   - name: in lower case.
    ///   - lines: as of `kept(_:where:)`.
    static func value(of name: String, in lines: ByteBuffer) -> String? {
        var head = lines
        head.writeStaticString("\r\n")
        return head.withUnsafeReadableBytes { bytes in
            var cursor = HeadCursor(bytes)
            while let field = try? cursor.field() {
                if field.name.string.lowercased() == name { return field.value.string }
            }
            return nil
        }
    }

    /// The lines whose names are wanted.
    ///
    /// - Parameter lines: of a head that has been read before, without its empty line.
    static func kept(_ lines: ByteBuffer, where isWanted: (HeadText) -> Bool) -> ByteBuffer {
        var head = lines
        head.writeStaticString("\r\n")
        var kept = ByteBuffer()
        kept.reserveCapacity(lines.readableBytes)
        head.withUnsafeReadableBytes { bytes in
            var cursor = HeadCursor(bytes)
            while let field = try? cursor.field() {
                if isWanted(field.name) { kept.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[field.line])) }
            }
        }
        return kept
    }
}
