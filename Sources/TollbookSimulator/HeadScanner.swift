#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Reads a request head (RFC 9112) in place and notes the few fields that matter.
struct HeadScanner {
    private let bytes: UnsafeRawBufferPointer
    private(set) var fields = Fields()

    /// What stood in the head; ranges are offsets into the scanned bytes.
    struct Fields {
        /// Bytes of the head with its empty line.
        var length = 0
        var method = RequestHead.Method.other
        var route = RequestHead.Route.unknown
        var isHTTP10 = false
        var keepsAlive = true
        var contentLength: Int?
        var isChunked = false
        var expectsContinue = false
        var directives: Range<Int>?
        /// The model in the path, escaped.
        var model: Range<Int>?
        var wantsEvents = false
    }

    enum Result {
        case complete
        case incomplete
        /// What is wrong, as a status.
        case refused(Int)
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads one head from the beginning of the bytes; on ``Result/complete`` ``fields`` are set.
    mutating func scan() -> Result {
        var position = 0
        // RFC 9112, 2.2: ignore empty lines before the request line.
        while position < bytes.count, bytes[position] == 0x0d || bytes[position] == 0x0a { position += 1 }
        guard let first = line(from: position) else { return unfinished }
        guard readRequestLine(first.content) else { return .refused(400) }
        position = first.next
        while true {
            guard let next = line(from: position) else { return unfinished }
            position = next.next
            if next.content.isEmpty { break }
            if let status = readField(next.content) { return .refused(status) }
        }
        fields.length = position
        if position > SimulatorLimits.headBytes { return .refused(431) }
        // A request with both could be understood in two ways; RFC 9112, 6.1 lets a server refuse it.
        if fields.isChunked && fields.contentLength != nil { return .refused(400) }
        return .complete
    }

    private var unfinished: Result { bytes.count > SimulatorLimits.headBytes ? .refused(431) : .incomplete }

    private func line(from start: Int) -> (content: Range<Int>, next: Int)? {
        guard start < bytes.count else { return nil }
        guard let feed = index(of: 0x0a, in: start..<bytes.count) else { return nil }
        let end = feed > start && bytes[feed - 1] == 0x0d ? feed - 1 : feed
        return (start..<end, feed + 1)
    }

    private func index(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte), range.count) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    private mutating func readRequestLine(_ line: Range<Int>) -> Bool {
        guard let space = bytes[line].firstIndex(of: 0x20), let last = bytes[line].lastIndex(of: 0x20), last > space
        else { return false }
        let method = line.lowerBound..<space
        if isEqual(method, "POST") { fields.method = .post } else if isEqual(method, "GET") { fields.method = .get }
        let version = last + 1..<line.upperBound
        if isEqual(version, "HTTP/1.0") {
            fields.isHTTP10 = true
            fields.keepsAlive = false
        } else if !isEqual(version, "HTTP/1.1") {
            return false
        }
        let target = space + 1..<last
        let path = bytes[target].firstIndex(of: UInt8(ascii: "?")).map { target.lowerBound..<$0 } ?? target
        fields.route = route(path)
        if fields.route == .unknown, let found = modelRoute(path) {
            fields.route = found.route
            fields.model = found.model
        }
        if fields.route == .unknown, isStored(path) { fields.route = .stored }
        if fields.route == .unknown { readGeminiPath(path, query: path.upperBound..<target.upperBound) }
        return true
    }

    private func route(_ whole: Range<Int>) -> RequestHead.Route {
        let path = withoutAzuresPrefix(whole)
        let routes: [(StaticString, RequestHead.Route)] = [
            ("/v1/chat/completions", .chat), ("/chat/completions", .chat), ("/v1/messages", .messages),
            ("/v1/messages/count_tokens", .countTokens), ("/v1/completions", .completions),
            ("/v1/embeddings", .embeddings), ("/v1/responses", .responses),
            ("/v1/responses/input_tokens", .responsesCount), ("/v1/moderations", .moderations),
            ("/v1/images/generations", .imageGenerations), ("/v1/images/edits", .imageEdits),
            ("/v1/audio/speech", .speech), ("/v1/audio/transcriptions", .transcriptions),
            ("/v1/audio/translations", .transcriptions), ("/v1/rerank", .rerank), ("/v2/rerank", .rerank),
            ("/v1/models", .models), ("/models", .models),
            ("/completions", .completions), ("/embeddings", .embeddings), ("/responses", .responses),
            ("/healthz", .health), ("/sim/calls", .calls), ("/sim/last", .last), ("/sim/reset", .reset),
        ]
        for (name, route) in routes where isEqual(path, name) { return route }
        return .unknown
    }

    /// `/v1beta/models/{model}:{method}`, the same under `/v1`, or below a project and a location of Google's cloud.
    private mutating func readGeminiPath(_ path: Range<Int>, query: Range<Int>) {
        let methods: [(StaticString, RequestHead.Route)] = [
            (":generateContent", .generateContent), (":streamGenerateContent", .streamContent),
            (":countTokens", .geminiCount), (":embedContent", .geminiEmbedding),
            (":batchEmbedContents", .geminiEmbeddings),
        ]
        guard let start = modelStart(path) else { return }
        for (method, route) in methods {
            let end = path.upperBound - method.utf8CodeUnitCount
            guard end > start, isEqual(end..<path.upperBound, method) else { continue }
            fields.route = route
            fields.model = start..<end
            fields.wantsEvents = String(decoding: bytes[query], as: UTF8.self).contains("alt=sse")
        }
    }

    /// Where a model's name begins in a path of Gemini's.
    private func modelStart(_ path: Range<Int>) -> Int? {
        for prefix in ["/v1beta/models/", "/v1/models/"] as [StaticString] {
            if let end = end(of: prefix, at: path.lowerBound, in: path) { return end }
        }
        // `/v1/projects/{p}/locations/{l}/publishers/google/models/`
        let slashes = bytes[path].indices.filter { bytes[$0] == UInt8(ascii: "/") }
        guard slashes.count > 5, isEqual(slashes[1]..<slashes[2], "/projects"),
            isEqual(slashes[3]..<slashes[4], "/locations")
        else { return nil }
        return end(of: "/publishers/google/models/", at: slashes[5], in: path)
    }

    /// Where `text` ends that stands at `start`; nil if it does not stand there, or nothing follows it.
    private func end(of text: StaticString, at start: Int, in path: Range<Int>) -> Int? {
        let end = start + text.utf8CodeUnitCount
        return end < path.upperBound && isEqual(start..<end, text) ? end : nil
    }

    /// `/model/{model}/converse`, `/model/{model}/converse-stream` and `/model/{model}/count-tokens`.
    private func modelRoute(_ path: Range<Int>) -> (route: RequestHead.Route, model: Range<Int>)? {
        let start = path.lowerBound + 7
        guard start < path.upperBound, isEqual(path.lowerBound..<start, "/model/"),
            let slash = bytes[path].lastIndex(of: UInt8(ascii: "/")), slash > start
        else { return nil }
        let routes: [(StaticString, RequestHead.Route)] = [
            ("/converse", .converse), ("/converse-stream", .converseStream), ("/count-tokens", .converseCount),
        ]
        for (name, route) in routes where isEqual(slash..<path.upperBound, name) { return (route, start..<slash) }
        return nil
    }

    /// `/v1/files…`, `/v1/batches…`, and the same as Azure has them.
    private func isStored(_ path: Range<Int>) -> Bool {
        let text = String(decoding: bytes[path], as: UTF8.self)
        return StoredPath(text) != nil
    }

    /// A path without `/openai` before `/v1`, or without `/openai/deployments/{model}`: the body names the model, too.
    private func withoutAzuresPrefix(_ path: Range<Int>) -> Range<Int> {
        let (versioned, named): (StaticString, StaticString) = ("/openai/v1/", "/openai/deployments/")
        if isEqual(path.prefix(versioned.utf8CodeUnitCount), versioned) { return path.dropFirst(7) }
        guard isEqual(path.prefix(named.utf8CodeUnitCount), named) else { return path }
        return index(of: UInt8(ascii: "/"), in: path.dropFirst(named.utf8CodeUnitCount))
            .map { $0..<path.upperBound } ?? path
    }

    /// - Returns: nil, or the status with which the field is refused.
    private mutating func readField(_ line: Range<Int>) -> Int? {
        guard let colon = index(of: UInt8(ascii: ":"), in: line), colon > line.lowerBound,
            bytes[colon - 1] != 0x20, bytes[line.lowerBound] != 0x20, bytes[line.lowerBound] != 0x09
        else { return 400 }
        let name = line.lowerBound..<colon
        let value = trimmed(colon + 1..<line.upperBound)
        switch name.count {
        case 5 where isEqual(name, "x-sim"): fields.directives = value
        case 6 where isEqual(name, "expect"): fields.expectsContinue = isEqual(value, "100-continue")
        case 10 where isEqual(name, "connection"): readConnection(value)
        case 14 where isEqual(name, "content-length"): return readLength(value)
        case 17 where isEqual(name, "transfer-encoding"):
            guard isEqual(value, "chunked") else { return 501 }
            fields.isChunked = true
        default: break
        }
        return nil
    }

    private mutating func readConnection(_ value: Range<Int>) {
        if isEqual(value, "close") {
            fields.keepsAlive = false
        } else if isEqual(value, "keep-alive") {
            fields.keepsAlive = true
        }
    }

    private mutating func readLength(_ value: Range<Int>) -> Int? {
        guard !value.isEmpty, value.count <= 18 else { return 400 }
        var length = 0
        for byte in bytes[value] {
            guard byte >= 0x30, byte <= 0x39 else { return 400 }
            length = length * 10 + Int(byte - 0x30)
        }
        if let known = fields.contentLength, known != length { return 400 }
        fields.contentLength = length
        return length > SimulatorLimits.bodyBytes ? 413 : nil
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Compares ignoring the case of ASCII letters; `text` is in the case that methods and paths must have, which
    /// makes those a little more tolerant than RFC 9110 asks.
    private func isEqual(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            let byte = bytes[range.lowerBound + offset]
            let wanted = text.utf8Start[offset]
            if byte == wanted { continue }
            let folded = byte | 0x20
            guard folded >= 0x61, folded <= 0x7a, folded == wanted | 0x20 else { return false }
        }
        return true
    }
}
