internal import NIOCore

/// Converse's names for formats, where other dialects have media types, and the forms that it demands of names.
enum BedrockFormat {
    private static let images = [
        ("png", "image/png"), ("jpeg", "image/jpeg"), ("gif", "image/gif"), ("webp", "image/webp"),
    ]

    private static let documents = [
        ("pdf", "application/pdf"), ("csv", "text/csv"), ("doc", "application/msword"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xls", "application/vnd.ms-excel"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("html", "text/html"),
        ("txt", "text/plain"), ("md", "text/markdown"),
    ]

    /// The format of an image; nil for one that no model takes.
    static func image(_ mediaType: JSONText) -> String? {
        let type = mediaType.string.lowercased()
        return type == "image/jpg" ? "jpeg" : images.first { $0.1 == type }?.0
    }

    /// The format of a document; nil for one that no model takes. Text of any other kind is text.
    static func document(_ mediaType: JSONText) -> String? {
        let type = mediaType.string.lowercased()
        return documents.first { $0.1 == type }?.0 ?? (type.hasPrefix("text/") ? "txt" : nil)
    }

    /// The media type of an image.
    static func mediaType(ofImage format: JSONText) -> JSONText {
        let known = images.first { $0.0 == format.string }?.1
        return JSONText(known ?? "image/" + format.string)
    }

    /// The media type of a document; the format may be left out.
    static func mediaType(ofDocument format: JSONText?) -> JSONText {
        let known = documents.first { $0.0 == format?.string }?.1
        return JSONText(known ?? "application/octet-stream")
    }

    /// A document's name of what Converse takes: letters, digits, hyphens, parentheses, brackets and single blanks, 200
    /// at most. The ending says no more than the format, and goes.
    static func documentName(_ title: JSONText?) -> String {
        var name = ""
        for character in (title?.string ?? "").prefix(2 * WireLimits.documentNameBytes) {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain || "-()[]".contains(character) {
                name.append(character)
            } else if !name.isEmpty, name.last != " " {
                name.append(" ")
            }
        }
        let words = name.split(separator: " ")
        let endings = Set(documents.map(\.0))
        let kept =
            words.count > 1 && endings.contains(words[words.count - 1].lowercased()) ? words.dropLast() : words[...]
        let text = kept.joined(separator: " ").prefix(WireLimits.documentNameBytes)
        return text.isEmpty ? "document" : text.trimmed
    }

    /// A call's id in the form that Converse demands.
    static func toolUseID(_ id: JSONText) -> JSONText { ToolCallIDs.converse(id) }

    /// Whether a text may be a key (not empty) or a value of `requestMetadata`.
    static func isMetadata(_ text: JSONText, isKey: Bool) -> Bool {
        let bytes = text.string.utf8
        guard bytes.count <= 256, !isKey || !bytes.isEmpty else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " \t\r\n:_@$#=/+,-.".utf8.contains(byte)
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
