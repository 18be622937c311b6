internal import NIOCore

/// A path of OpenAI's files and batches, with or without Azure's prefix.
struct StoredPath: Sendable, Equatable {
    let isFile: Bool
    let id: String?
    /// `content` or `cancel`.
    let verb: String?

    /// - Parameter path: without the query.
    init?(_ path: String) {
        var parts = path.split(separator: "/").map(String.init)
        for prefix in ["openai", "v1"] where parts.first == prefix { parts.removeFirst() }
        guard let first = parts.first, first == "files" || first == "batches", parts.count <= 3 else { return nil }
        isFile = first == "files"
        id = parts.count > 1 ? parts[1] : nil
        verb = parts.count > 2 ? parts[2] : nil
        guard verb == nil || verb == (isFile ? "content" : "cancel") else { return nil }
    }
}

/// A call about files or batches.
struct StoredCall: Sendable {
    let method: String
    let path: StoredPath
    let request: RequestHead.WithBody

    init?(_ request: RequestHead.WithBody) {
        let line = String(buffer: request.head.raw).split(whereSeparator: \.isNewline).first ?? ""
        let parts = line.split(separator: " ")
        guard parts.count == 3, let path = StoredPath(String(parts[1].split(separator: "?").first ?? "")) else {
            return nil
        }
        method = String(parts[0])
        self.path = path
        self.request = request
    }
}

/// What a call about files or batches is answered with.
struct StoredAnswer: Sendable {
    var status = 200
    var body: ByteBuffer
    /// Whether it is a file's content, and no JSON.
    var isContent = false
    var delayMillis = 0

    init(_ json: String) {
        body = ByteBuffer(string: json)
    }

    init(content: ByteBuffer, delayMillis: Int) {
        body = content
        isContent = true
        self.delayMillis = delayMillis
    }

    static func error(_ status: Int, _ message: String) -> StoredAnswer {
        var answer = StoredAnswer(
            #"{"error":{"message":"\#(JSONText.escaped(message))","type":"invalid_request_error","#
                + #""param":null,"code":null}}"#
        )
        answer.status = status
        return answer
    }
}
