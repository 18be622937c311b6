internal import TollbookCore

/// A call about the files and batches that a project keeps at a provider.
package enum StoredOperation: Equatable, Sendable {
    case upload
    case listFiles
    case file(String)
    case content(String)
    case deletion(String)
    case creation
    case listBatches
    case batch(String)
    case cancellation(String)

    /// What a path below `/v1` and a method ask for.
    enum Match {
        case operation(StoredOperation)
        case methodNotAllowed(allow: String)
    }

    /// - Parameter path: from `/v1` on, without the query.
    /// - Returns: nil for any other path.
    static func match(method: String, path: Substring) -> Match? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.first == "v1", (2...4).contains(parts.count) else { return nil }
        let names = parts.dropFirst().map(String.init)
        guard names[0] == "files" || names[0] == "batches" else { return nil }
        let isFile = names[0] == "files"
        switch names.count {
        case 1:
            return choose(
                method,
                ["GET": isFile ? .listFiles : .listBatches, "POST": isFile ? .upload : .creation])
        case 2:
            guard isID(names[1]) else { return nil }
            return choose(
                method, isFile ? ["GET": .file(names[1]), "DELETE": .deletion(names[1])] : ["GET": .batch(names[1])])
        default:
            guard isID(names[1]) else { return nil }
            if isFile, names[2] == "content" { return choose(method, ["GET": .content(names[1])]) }
            if !isFile, names[2] == "cancel" { return choose(method, ["POST": .cancellation(names[1])]) }
            return nil
        }
    }

    private static func choose(_ method: String, _ operations: [String: StoredOperation]) -> Match {
        if let operation = operations[method] { return .operation(operation) }
        return .methodNotAllowed(allow: operations.keys.sorted().joined(separator: ", "))
    }

    /// Whether a text can be a provider's id: what needs no escape in a path and is no segment of dots.
    static func isID(_ text: String) -> Bool {
        (1...GatewayLimits.storedIDBytes).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// The endpoint that its request is recorded under.
    var endpoint: Endpoint {
        switch self {
        case .upload, .listFiles, .file, .content, .deletion: .files
        case .creation: .batches
        case .listBatches, .batch, .cancellation: .batch
        }
    }

    /// What a provider is asked; nil: it is not asked.
    var line: PassedLine? {
        switch self {
        case .upload: PassedLine(stored: "POST", "/files")
        case .file(let id): PassedLine(stored: "GET", "/files/\(id)")
        case .content(let id): PassedLine(stored: "GET", "/files/\(id)/content")
        case .deletion(let id): PassedLine(stored: "DELETE", "/files/\(id)")
        case .creation: PassedLine(stored: "POST", "/batches")
        case .batch(let id): PassedLine(stored: "GET", "/batches/\(id)")
        case .cancellation(let id): PassedLine(stored: "POST", "/batches/\(id)/cancel")
        case .listFiles, .listBatches: nil
        }
    }
}
