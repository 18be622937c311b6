/// Counts a `PromptSize` while a Gemini request is scanned; told everything but the fields that Tollbook reads.
///
/// In the prompt, the unescaped bytes of strings count; in function calls and their responses, as outside of the
/// prompt, those of the compact JSON, because names and punctuation are tokens there too. A long `data` is an
/// attachment, as is what a `fileUri` points to.
struct GeminiPromptMeter: Sendable {
    private enum Role {
        case text
        /// `data`: a payload if it is long.
        case payload
        /// `fileUri`: a file that is elsewhere.
        case file
        /// `functionCall`, `functionResponse`: an object that reaches the model as JSON.
        case structure
    }

    private(set) var size = PromptSize()
    private var role = Role.text
    private var isPrompt = false
    /// The depth of the object that counts as JSON; 0 for none.
    private var structureDepth = 0
    /// The string being read: its bytes so far, and whether it has some that base64 has not.
    private var stringBytes = 0
    private var isProse = false

    /// Whether names and punctuation count.
    private var countsJSON: Bool { !isPrompt || structureDepth > 0 }

    mutating func topLevelName(isPrompt: Bool) {
        self.isPrompt = isPrompt
        role = .text
        structureDepth = 0
    }

    mutating func name(_ name: JSONName) {
        // Two quotes, the colon and the comma.
        if countsJSON { size.textBytes &+= name.length &+ 4 }
        guard isPrompt else { return }
        role = Self.role(of: name)
        if name.equals("parts") { size.messages &+= 1 }
    }

    private static func role(of name: JSONName) -> Role {
        switch name.length {
        case 4: name.equals("data") ? .payload : .text
        case 7: name.equals("fileUri") ? .file : .text
        case 8: name.equals("file_uri") ? .file : .text
        case 12: name.equals("functionCall") ? .structure : .text
        case 13: name.equals("function_call") ? .structure : .text
        case 16: name.equals("functionResponse") ? .structure : .text
        case 17: name.equals("function_response") ? .structure : .text
        default: .text
        }
    }

    mutating func begin(_ container: JSONContainer, depth: Int) {
        if countsJSON { size.textBytes &+= 2 }
        if role == .structure, structureDepth == 0 { structureDepth = depth }
        role = .text
    }

    mutating func end(depth: Int) {
        if depth == structureDepth { structureDepth = 0 }
        if depth == 2 { isPrompt = false }
        role = .text
    }

    mutating func beginString(depth: Int) {
        stringBytes = 0
        isProse = false
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if role == .payload, stringBytes < WireLimits.attachmentPayloadBytes {
            isProse =
                isProse || bytes.prefix(WireLimits.attachmentPayloadBytes).contains { $0 == 0x20 || $0 >= 0x80 }
        }
        stringBytes &+= bytes.count
    }

    mutating func endString() {
        switch role {
        case .payload where stringBytes > WireLimits.attachmentPayloadBytes && !isProse:
            size.attachments &+= 1
            size.attachmentBytes &+= stringBytes
        case .file: size.attachments &+= 1
        default: size.textBytes &+= countsJSON ? stringBytes &+ 3 : stringBytes
        }
        role = .text
    }

    /// A number or literal of `bytes` bytes.
    mutating func scalar(_ bytes: Int, depth: Int) {
        if countsJSON, depth > 1 { size.textBytes &+= bytes }
        role = .text
    }
}
