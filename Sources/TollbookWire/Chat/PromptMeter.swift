/// Counts a `PromptSize` while a request is scanned; told everything but the fields that Tollbook reads.
struct PromptMeter: Sendable {
    /// What the name before a value says about it.
    private enum Role {
        case other
        /// `text`, `content`, `arguments`, `description`: read by the model as they stand.
        case text
        /// `data`, `file_data`; `bytes` in Converse: a payload if it is long.
        case payload
        /// `document` in Converse: an object whose payload may be plain text.
        case document
        /// `image_url`, `video_url`, `audio_url`, `file_url`: an object with a `url`, or the URL itself.
        case media
        /// `source`: an object with a payload or a `url`, in Anthropic's form; as a string it is text.
        case source
        /// `url`, an attachment inside a media object.
        case url
        /// `file_id`, or an object's `uri` in Converse: a file that is elsewhere.
        case fileID
    }

    private let isConverse: Bool
    /// Whether what is not known to be a payload is text, with its name: tools stand where messages do.
    private let countsNames: Bool

    private(set) var size = PromptSize()
    private var role = Role.other
    /// Whether the value being read is within the top-level `messages`, or `input` of responses.
    private var insideMessages = false
    /// The depth of the media object that is open; 0 for none.
    private var mediaDepth = 0
    /// The depth of the document that is open; 0 for none.
    private var documentDepth = 0
    /// The string being read: its bytes so far, the first eight of them, and whether it stands in a media object.
    private var stringBytes = 0
    private var head: UInt64 = 0
    private var isDirectMember = false
    private var isTopLevel = false
    /// Whether a payload has bytes that base64 has not, as the text of a plain document.
    private var isProse = false

    /// - Parameters:
    ///   - isConverse: whether messages are in Converse's form.
    ///   - countsNames: whether tools stand within them.
    init(isConverse: Bool = false, countsNames: Bool = false) {
        self.isConverse = isConverse
        self.countsNames = countsNames
    }

    mutating func topLevelName(_ field: ChatRequestField?) {
        insideMessages = field == .messages || field == .input
        role = .other
        mediaDepth = 0
        documentDepth = 0
    }

    @inline(__always)
    mutating func name(_ name: JSONName) {
        guard insideMessages else {
            // Two quotes, the colon and the comma.
            size.textBytes &+= name.length &+ 4
            return
        }
        role = isConverse ? Self.converseRole(of: name) : Self.role(of: name)
        guard countsNames, role == .other else { return }
        size.textBytes &+= name.length &+ 4
        role = .text
    }

    private static func converseRole(of name: JSONName) -> Role {
        switch name.length {
        case 3: name.equals("uri") ? .fileID : .other
        case 4: name.equals("text") ? .text : .other
        case 5: name.equals("bytes") ? .payload : .other
        case 8: name.equals("document") ? .document : .other
        default: .other
        }
    }

    @inline(__always)
    private static func role(of name: JSONName) -> Role {
        switch name.length {
        case 3: name.equals("url") ? .url : .other
        case 4: name.equals("text") ? .text : name.equals("data") ? .payload : .other
        case 6: name.equals("source") ? .source : .other
        case 7: name.equals("content") ? .text : name.equals("file_id") ? .fileID : .other
        case 8: name.equals("file_url") ? .media : .other
        case 9:
            name.equals("image_url") || name.equals("video_url") || name.equals("audio_url")
                ? .media : name.equals("file_data") ? .payload : name.equals("arguments") ? .text : .other
        case 11: name.equals("description") ? .text : .other
        default: .other
        }
    }

    @inline(__always)
    mutating func begin(_ container: JSONContainer, depth: Int) {
        guard insideMessages else {
            size.textBytes &+= 2
            return
        }
        if depth == 3 { size.messages &+= 1 }
        if role == .media || role == .source, container == .object { mediaDepth = depth }
        if role == .document { documentDepth = depth }
        role = .other
    }

    @inline(__always)
    mutating func end(depth: Int) {
        if depth == mediaDepth { mediaDepth = 0 }
        if depth == documentDepth { documentDepth = 0 }
        if depth == 2 { insideMessages = false }
        role = .other
    }

    @inline(__always)
    mutating func beginString(depth: Int) {
        stringBytes = 0
        head = 0
        isDirectMember = depth == mediaDepth
        isTopLevel = depth == 1
        isProse = false
        if insideMessages, depth == 2 { size.messages &+= 1 }
    }

    @inline(__always)
    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while stringBytes &+ index < 8, index < bytes.count {
            head |= UInt64(bytes[index]) << UInt64(8 &* (stringBytes &+ index))
            index &+= 1
        }
        if role == .payload, stringBytes < WireLimits.attachmentPayloadBytes { lookForProse(bytes) }
        stringBytes &+= bytes.count
    }

    private mutating func lookForProse(_ bytes: UnsafeRawBufferPointer) {
        isProse = isProse || bytes.prefix(WireLimits.attachmentPayloadBytes).contains { $0 == 0x20 || $0 >= 0x80 }
    }

    @inline(__always)
    mutating func endString() {
        if role == .payload, documentDepth > 0, !isBinaryDocument {
            // Three bytes of text in four of base64.
            size.textBytes &+= stringBytes / 4 &* 3
        } else if let payload = attachmentPayload {
            size.attachments &+= 1
            size.attachmentBytes &+= payload
        } else {
            size.textBytes &+= insideMessages || isTopLevel ? stringBytes : stringBytes &+ 3
        }
        role = .other
    }

    /// Bytes of an attachment in the body, 0 for one that is elsewhere; nil for text.
    private var attachmentPayload: Int? {
        // "data:", the first byte lowest.
        let isDataURL = head & 0xFF_FFFF_FFFF == 0x3A_6174_6164
        if isDataURL, role != .text { return stringBytes }
        switch role {
        case .payload: return stringBytes > WireLimits.attachmentPayloadBytes && !isProse ? stringBytes : nil
        case .media, .fileID: return 0
        case .url: return isDirectMember ? 0 : nil
        case .text, .source, .document, .other: return nil
        }
    }

    /// Whether a document's base64 begins as a PDF, a zip (as newer office files are) or an older office file does;
    /// what else Converse takes (txt, md, html, csv) is text.
    private var isBinaryDocument: Bool {
        switch head & 0xFFFF_FFFF {
        // "JVBE", "UEsD", "0M8R", the first byte lowest.
        case 0x4542_564A, 0x4473_4555, 0x5238_4D30: true
        default: false
        }
    }

    /// A number or literal of `bytes` bytes.
    @inline(__always)
    mutating func scalar(_ bytes: Int, depth: Int) {
        if !insideMessages, depth > 1 { size.textBytes &+= bytes }
        role = .other
    }
}
