internal import NIOCore

/// The fields of a multipart/form-data body (RFC 7578) that comes whole.
struct FormFields {
    /// The last small value of each field.
    private(set) var values: [String: String] = [:]
    private(set) var fileBytes = 0
    private(set) var files = 0
    /// The last file's content, and the name that it came under.
    private(set) var content = ByteBuffer()
    private(set) var fileName = ""

    /// - Returns: nil for another content type, or a body that is no such form.
    init?(_ request: RequestHead.WithBody) {
        let head = String(buffer: request.head.raw)
        guard let boundary = Self.boundary(head) else { return nil }
        let body = request.body.getBytes(at: request.body.readerIndex, length: request.body.readableBytes) ?? []
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter begins the body, without a line end.
        guard body.starts(with: delimiter.dropFirst(2)) else { return nil }
        var start = delimiter.count - 2
        while let end = Self.index(of: delimiter, in: body, from: start) {
            guard take(body[start..<end]) else { return nil }
            start = end + delimiter.count
        }
        guard body[start...].starts(with: Array("--".utf8)) else { return nil }
    }

    private mutating func take(_ part: ArraySlice<UInt8>) -> Bool {
        let blank = Array("\r\n\r\n".utf8)
        guard part.starts(with: [0x0D, 0x0A]),
            let end = Self.index(of: blank, in: Array(part.prefix(8192)), from: 0).map({ part.startIndex + $0 })
        else { return false }
        let headers = String(decoding: part[..<end], as: UTF8.self)
        let content = part[(end + blank.count)...]
        guard let name = Self.quoted(after: " name=\"", in: headers) else { return false }
        if headers.contains("filename") {
            files += 1
            fileBytes += content.count
            self.content = ByteBuffer(bytes: content)
            fileName = Self.quoted(after: " filename=\"", in: headers) ?? ""
        } else if content.count <= SimulatorLimits.modelNameBytes {
            values[name] = String(decoding: content, as: UTF8.self)
        }
        return true
    }

    private static func boundary(_ head: String) -> String? {
        for line in head.split(whereSeparator: { $0.isNewline }) where line.lowercased().hasPrefix("content-type:") {
            guard line.contains("multipart/form-data"), let range = line.firstRange(of: "boundary=") else { return nil }
            return line[range.upperBound...].split(separator: ";").first.map {
                String($0.filter { $0 != "\"" && $0 != " " })
            }
        }
        return nil
    }

    private static func quoted(after start: String, in text: String) -> String? {
        guard let range = text.firstRange(of: start) else { return nil }
        return text[range.upperBound...].split(separator: "\"", omittingEmptySubsequences: false).first.map(String.init)
    }

    private static func index(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= pattern.count, start >= 0 else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var position = start
            while position + pattern.count <= bytes.count {
                if bytes[position] == pattern[0], bytes[position..<(position + pattern.count)].elementsEqual(pattern) {
                    return position
                }
                position += 1
            }
            return nil
        }
    }
}
