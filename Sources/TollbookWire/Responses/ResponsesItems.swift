/// Follows the items of a response's output while they are scanned: how much text the model wrote, and which tools
/// the provider ran for it.
///
/// The owner opens an item at the depth of its object and passes everything on until it has closed.
struct ResponsesItems: Sendable {
    private enum Member {
        case other, type, status
        /// A string that the model wrote: a tool's name, its arguments, code.
        case text
        /// Arguments as an object: all of it is the model's.
        case arguments
        /// `content` or `summary`: an array of parts with text.
        case parts
        /// `action` or `environment`: an object whose `type` tells what was done, or where.
        case facet
    }

    private enum Capture {
        case none, type, status, facet
    }

    /// Bytes of text the model wrote, unescaped: texts, refusals, reasoning, tool names, arguments and code.
    private(set) var textBytes = 0
    /// Web searches that were made.
    private(set) var searches = 0
    /// Whether the provider ran a tool that it charges for and that no meter counts.
    private(set) var hasUncounted = false

    /// The depth of the item's object; 0: none is open.
    private var depth = 0
    private var member = Member.other
    private var capture = Capture.none
    private var isTextNext = false
    private var type = Self.emptyText
    private var status = Self.emptyText
    private var facet = Self.emptyText

    private static let emptyText = BoundedText(limit: WireLimits.responseItemTextBytes)

    var isOpen: Bool { depth > 0 }

    /// Begins an item at the depth of its object.
    mutating func open(depth: Int) {
        self.depth = depth
        member = .other
        type = Self.emptyText
        status = Self.emptyText
        facet = Self.emptyText
        endScalar(depth: depth)
    }

    mutating func name(_ name: JSONName, depth: Int) {
        capture = .none
        isTextNext = false
        if depth == self.depth {
            member = Self.member(name)
            isTextNext = member == .text || member == .arguments || member == .parts
            capture = member == .type ? .type : member == .status ? .status : .none
        } else if member == .arguments {
            textBytes &+= name.length
            isTextNext = true
        } else if member == .parts {
            isTextNext = depth == self.depth + 2 && Self.isPartText(name)
        } else if member == .facet, depth == self.depth + 1, name.equals("type") {
            capture = .facet
        }
    }

    private static func member(_ name: JSONName) -> Member {
        switch name.length {
        case 4: name.equals("type") ? .type : name.equals("name") || name.equals("code") ? .text : .other
        case 5: name.equals("input") ? .text : .other
        case 6: name.equals("status") ? .status : name.equals("action") ? .facet : .other
        case 7: name.equals("content") || name.equals("summary") ? .parts : .other
        case 9: name.equals("arguments") ? .arguments : .other
        case 11: name.equals("environment") ? .facet : .other
        default: .other
        }
    }

    private static func isPartText(_ name: JSONName) -> Bool {
        switch name.length {
        case 4: name.equals("text")
        case 7: name.equals("refusal")
        case 10: name.equals("transcript")
        default: false
        }
    }

    mutating func begin() {
        capture = .none
        isTextNext = member == .arguments
    }

    mutating func end(depth: Int) {
        if depth == self.depth { return close() }
        endScalar(depth: depth)
    }

    mutating func beginString() {
        switch capture {
        case .none: break
        case .type: type = Self.emptyText
        case .status: status = Self.emptyText
        case .facet: facet = Self.emptyText
        }
    }

    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
        if isTextNext { textBytes &+= bytes.count }
        switch capture {
        case .none: break
        case .type: type.append(bytes)
        case .status: status.append(bytes)
        case .facet: facet.append(bytes)
        }
    }

    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
        if member == .arguments { textBytes &+= bytes.count }
    }

    /// Ends a value that is no item; in an array of arguments the next is text too.
    mutating func endScalar(depth: Int) {
        capture = .none
        if depth <= self.depth { member = .other }
        isTextNext = member == .arguments
    }

    private mutating func close() {
        depth = 0
        switch type.string {
        case "web_search_call":
            // Opening a found page, and looking for something in it, are no searches of their own.
            let isSearch = facet.bytes.isEmpty || facet.string == "search"
            if isSearch, status.string != "failed" { searches += 1 }
        case "shell_call":
            // One without an environment, or in a local one, is run by the caller.
            if !facet.bytes.isEmpty, facet.string != "local" { hasUncounted = true }
        case let call where call.hasSuffix("_call") && !Self.freeCalls.contains(call): hasUncounted = true
        default: break
        }
    }

    /// Calls that the caller runs, or that cost their tokens only. Any other may cost apart, also one that is newer
    /// than this list.
    private static let freeCalls: Set<String> = [
        "function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call", "mcp_call",
        "tool_search_call",
    ]
}
