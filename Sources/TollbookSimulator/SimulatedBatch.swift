internal import NIOCore

/// What a caller wants of a batch, with the directives in its metadata's member `sim`.
struct BatchWish: Sendable {
    var inputFileID = ""
    var endpoint = ""
    /// The metadata as it came, in JSON.
    var metadata = "null"
    /// Looks until it has ended.
    var looks = 1
    /// The status that it ends with.
    var end = "completed"
    /// Lines that end with an error, the first ones; then those that are answered without their usage.
    var errors = 0
    var unread = 0
    /// Lines that are done before it expires or is cancelled.
    var done = 0
    /// How long the content of its results takes to come.
    var delayMillis = 0

    /// - Returns: nil for a body that names no input, and for directives that do not exist.
    init?(_ body: ByteBuffer) {
        var directives: String?
        let isWhole = body.withUnsafeReadableBytes { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.members { key, value in
                if JSONText.matches(bytes, key, "input_file_id") { inputFileID = JSONText.string(bytes, value) ?? "" }
                if JSONText.matches(bytes, key, "endpoint") { endpoint = JSONText.string(bytes, value) ?? "" }
                guard JSONText.matches(bytes, key, "metadata") else { return }
                metadata = String(decoding: bytes[value], as: UTF8.self)
                directives = JSONLookup.value(bytes, value, "sim").flatMap { JSONText.string(bytes, $0) }
            }
        }
        guard isWhole, !inputFileID.isEmpty, !endpoint.isEmpty, apply(directives ?? "") else { return nil }
    }

    private mutating func apply(_ directives: String) -> Bool {
        for part in directives.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2 else { return false }
            if pair[0] == "end" {
                guard ["completed", "failed", "expired"].contains(pair[1]) else { return false }
                end = String(pair[1])
                continue
            }
            guard let number = Int(pair[1]), (0...SimulatorLimits.waitMillis).contains(number) else { return false }
            switch pair[0] {
            case "looks": looks = number
            case "errors": errors = number
            case "unread": unread = number
            case "done": done = number
            case "delay": delayMillis = number
            default: return false
            }
        }
        return true
    }

    /// The directives for `tollbook simulate --help`.
    static let help = [
        "A batch takes its own in metadata.sim: looks=N (GETs until it has ended), end=completed|failed|expired,",
        "errors=N and unread=N (its first lines end with an error, the next without usage), done=N (lines done",
        "before it expires or is cancelled), delay=N (milliseconds until a result file's content comes).",
    ]
}

/// A batch of a simulated account: it goes on with each look.
struct SimulatedBatch: Sendable {
    let id: String
    let wish: BatchWish
    private let input: ByteBuffer
    private let created: Int
    private let total: Int
    private var status = "validating"
    private var looks = 0
    private var completed = 0
    private var failed = 0
    private var endedAt: Int?
    var outputFileID: String?
    var errorFileID: String?

    init(id: String, wish: BatchWish, input: ByteBuffer, created: Int) {
        self.id = id
        self.wish = wish
        self.input = input
        self.created = created
        total = Self.lines(input).count
    }

    private static func lines(_ input: ByteBuffer) -> [ByteBuffer] {
        input.readableBytesView.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { ByteBuffer(bytes: $0) }
    }

    private var isEnded: Bool { endedAt != nil }

    /// What its lines came to; nil: it has not ended with this look.
    mutating func look(
        now: Int, _ answers: BatchLineAnswers
    ) -> (output: ByteBuffer?, errors: ByteBuffer?)? {
        guard !isEnded else { return nil }
        looks += 1
        if status == "cancelling" {
            status = "cancelled"
        } else if looks < wish.looks {
            status = "in_progress"
            return nil
        } else {
            status = wish.end
        }
        endedAt = now
        return results(answers)
    }

    private mutating func results(_ answers: BatchLineAnswers) -> (output: ByteBuffer?, errors: ByteBuffer?)? {
        guard status != "failed" else { return nil }
        let lines = Self.lines(input)
        let done = status == "completed" ? lines.count : min(wish.done, lines.count)
        var (output, errors) = (ByteBuffer(), ByteBuffer())
        for (number, line) in lines.enumerated() {
            if number >= done {
                // The provider tells of lines that it did not come to only where time ran out.
                guard status == "expired" else { continue }
                failed += 1
                errors.writeString(answers.expired(line, number))
            } else if number < wish.errors {
                failed += 1
                errors.writeString(answers.failed(line, number))
            } else {
                completed += 1
                let isRead = number >= wish.errors + wish.unread
                output.writeImmutableBuffer(answers.answer(line, number, endpoint: wish.endpoint, tellsUsage: isRead))
            }
        }
        return (output.readableBytes > 0 ? output : nil, errors.readableBytes > 0 ? errors : nil)
    }

    /// False when it has ended.
    mutating func cancel(now: Int) -> Bool {
        guard !isEnded else { return false }
        status = "cancelling"
        return true
    }

    /// The batch as OpenAI tells it.
    var json: String {
        func time(_ name: String, _ wanted: String) -> String {
            #""\#(name)":\#(status == wanted ? endedAt.map(String.init) ?? "null" : "null")"#
        }
        func text(_ value: String?) -> String { value.map { #""\#($0)""# } ?? "null" }
        let errors =
            status == "failed"
            ? #"{"object":"list","data":[{"code":"invalid_json_line","message":"Simulated: a line is no JSON.","#
                + #""param":null,"line":1}]}"# : "null"
        return #"{"id":"\#(id)","object":"batch","endpoint":"\#(JSONText.escaped(wish.endpoint))","errors":\#(errors),"#
            + #""input_file_id":"\#(JSONText.escaped(wish.inputFileID))","completion_window":"24h","#
            + #""status":"\#(status)","output_file_id":\#(text(outputFileID)),"error_file_id":\#(text(errorFileID)),"#
            + #""created_at":\#(created),"in_progress_at":\#(created),"expires_at":\#(created + 86_400),"#
            + #""finalizing_at":null,"cancelling_at":null,"#
            + [
                time("completed_at", "completed"), time("failed_at", "failed"), time("expired_at", "expired"),
                time("cancelled_at", "cancelled"),
            ].joined(separator: ",")
            + #","request_counts":{"total":\#(total),"completed":\#(completed),"failed":\#(failed)},"#
            + #""metadata":\#(wish.metadata)}"#
    }
}
