internal import NIOCore

/// Answers the lines of a batch as the same requests would be answered alone.
struct BatchLineAnswers {
    let planner: Planner
    let loop: LoopState
    let head: RequestHead
    let stamp: CallStamp

    /// One line of an output file.
    func answer(_ line: ByteBuffer, _ number: Int, endpoint: String, tellsUsage: Bool) -> ByteBuffer {
        let parts = Self.parts(line)
        let (status, body) = answer(parts.body, endpoint: endpoint, tellsUsage: tellsUsage)
        var result = ByteBuffer(
            string: #"{"id":"batch_req_sim\#(number)","custom_id":\#(parts.customID),"response":{"#
                + #""status_code":\#(status),"request_id":"req_sim\#(number)","body":"#)
        result.writeImmutableBuffer(body)
        result.writeStaticString(#"},"error":null}"#)
        result.writeStaticString("\n")
        return result
    }

    /// One line of an error file, for a request that the model was asked in vain.
    func failed(_ line: ByteBuffer, _ number: Int) -> String {
        let body = #"{"error":{"message":"Simulated.","type":"server_error","param":null,"code":null}}"#
        return #"{"id":"batch_req_sim\#(number)","custom_id":\#(Self.parts(line).customID),"response":{"#
            + #""status_code":500,"request_id":"req_sim\#(number)","body":\#(body)},"error":null}"# + "\n"
    }

    /// One line of an error file, for a request that there was no time for.
    func expired(_ line: ByteBuffer, _ number: Int) -> String {
        #"{"id":"batch_req_sim\#(number)","custom_id":\#(Self.parts(line).customID),"response":null,"#
            + #""error":{"code":"batch_expired","message":"This request could not be executed in time."}}"# + "\n"
    }

    private func answer(_ body: ByteBuffer, endpoint: String, tellsUsage: Bool) -> (status: Int, body: ByteBuffer) {
        guard tellsUsage else {
            return (200, ByteBuffer(string: #"{"id":"x","object":"chat.completion","choices":[]}"#))
        }
        guard let dialect = Self.dialect(endpoint), let request = ChatRequest.parse(body, as: dialect) else {
            return (400, ErrorAnswer.invalid("The line's body cannot be read.").body(requestID: "req_sim"))
        }
        do {
            let directives = try planner.directives(model: request.model, header: nil)
            let plan = planner.plan(request, directives, call: stamp.number, ordinal: 1)
            switch plan.subject {
            case .chat(let chat): return (200, AnswerWriter(loop: loop, head: head, stamp: stamp).body(chat))
            case .error(let error): return (error.status, error.body(requestID: "req_sim"))
            }
        } catch {
            return (400, ErrorAnswer.invalid(error.message).body(requestID: "req_sim"))
        }
    }

    private static func dialect(_ endpoint: String) -> AnswerDialect? {
        let path = endpoint.hasPrefix("/v1/") ? String(endpoint.dropFirst(3)) : endpoint
        return switch path {
        case "/chat/completions": .chat
        case "/completions": .completions
        case "/embeddings": .embeddings
        case "/responses": .responses
        case "/moderations": .moderations
        default: nil
        }
    }

    /// A line's `custom_id` as JSON, and its body.
    private static func parts(_ line: ByteBuffer) -> (customID: String, body: ByteBuffer) {
        line.withUnsafeReadableBytes { bytes in
            func value(_ name: StaticString) -> Range<Int>? { JSONLookup.value(bytes, 0..<bytes.count, name) }
            let customID = value("custom_id").map { String(decoding: bytes[$0], as: UTF8.self) } ?? "null"
            let body = value("body").map { ByteBuffer(bytes: bytes[$0]) } ?? ByteBuffer()
            return (customID, body)
        }
    }
}
