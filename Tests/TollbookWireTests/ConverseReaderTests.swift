import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of Converse's answers and streams.
@Suite struct ConverseReaderTests {
    private static func event(_ name: String, _ payload: String, type: String = "event") -> ByteBuffer {
        EventStreamWriter.message(
            [
                EventStreamHeader(type == "event" ? ":event-type" : ":exception-type", .string(name)),
                EventStreamHeader(":message-type", .string(type)),
            ], payload: ByteBuffer(string: payload))
    }

    private static func follow(
        _ messages: [ByteBuffer]
    ) throws -> (kinds: [ConverseStreamReader.Event], reader: ConverseStreamReader) {
        var splitter = EventStreamSplitter()
        var reader = ConverseStreamReader()
        var kinds: [ConverseStreamReader.Event] = []
        for message in messages {
            splitter.append(message)
            while let message = try splitter.next() { kinds.append(reader.read(message)) }
        }
        return (kinds, reader)
    }

    private static let usage = #"{"inputTokens":12,"outputTokens":5,"totalTokens":17}"#

    private static func meters(_ usage: String) -> [Meter: Int64]? {
        ConverseUsage(ByteBuffer(string: usage)).map { read in
            Dictionary(uniqueKeysWithValues: read.usage.lines.map { ($0.meter, $0.quantity) })
        }
    }

    @Test func followsAStream() throws {
        let (kinds, reader) = try Self.follow([
            Self.event("messageStart", #"{"role":"assistant","p":"abcdefghijklm"}"#),
            Self.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#),
            Self.event("contentBlockDelta", #"{"delta":{"reasoningContent":{"signature":"c2lnbmF0dXJl"}}}"#),
            Self.event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"h\u00e9"},"p":"abc"}"#),
            Self.event("contentBlockStart", #"{"start":{"toolUse":{"name":"tool","toolUseId":"tooluse_1"}}}"#),
            Self.event("contentBlockDelta", #"{"delta":{"toolUse":{"input":"{\"a\":"}}}"#),
            Self.event("contentBlockStop", #"{"contentBlockIndex":2}"#),
            Self.event("messageStop", #"{"stopReason":"tool_use"}"#),
            Self.event("metadata", #"{"usage":\#(Self.usage),"metrics":{"latencyMs":1}}"#),
        ])
        #expect(kinds == [.other, .content, .other, .content, .content, .content, .other, .stop, .done])
        #expect(reader.outputBytes == 2 + 3 + 4 + 5 && reader.contentEvents == 4)
        #expect(reader.sawFinishReason && !reader.sawError && reader.malformedEvents == 0 && reader.model == nil)
        #expect(reader.usageReport().raw == Self.usage)
        #expect(reader.usageReport().usage?.lines.map(\.quantity) == [12, 5])
    }

    @Test(arguments: ["throttlingException", "modelStreamErrorException", "somethingNew"])
    func anExceptionIsAnError(_ name: String) throws {
        let (kinds, reader) = try Self.follow([Self.event(name, #"{"message":"x"}"#, type: "exception")])
        #expect(kinds == [.error] && reader.sawError && !reader.sawFinishReason)
    }

    @Test func countsEventsThatCannotBeRead() throws {
        let (kinds, reader) = try Self.follow([
            Self.event("contentBlockDelta", #"{"delta":{"text":"lo"#), Self.event("metadata", "nothing"),
        ])
        #expect(kinds == [.other, .done] && reader.malformedEvents == 2 && reader.usageReport().usage == nil)
    }

    @Test func readsAPlainAnswerAtEverySplit() {
        let body = """
            {"output":{"message":{"role":"assistant","content":[{"text":"h\\u00e9"},{"toolUse":{"toolUseId":"t",
            "name":"f","input":{"a":[1,"x"]}}}]}},"stopReason":"tool_use","usage":\(Self.usage),
            "metrics":{"latencyMs":9},"trace":{"guardrail":{"x":{"usage":{"inputTokens":7}}},"promptRouter":{"invokedModelId":"arn:m"}}}
            """
        let bytes = Array(body.utf8)
        for size in 0...bytes.count {
            var reader = ConverseResponseReader()
            for chunk in chunks(bytes, size) { reader.read(chunk) }
            reader.finish()
            #expect(reader.isWellFormed && !reader.hasError && reader.model == "arn:m")
            #expect(reader.usageReport().raw == Self.usage)
            // Three bytes of text, the tool's name, and its argument's name and values.
            #expect(reader.estimatedOutputTokens == (3 + 1 + 1 + 1 + 1 + 3) / 4)
        }
    }

    @Test func awsNoteOfAnUnknownOperationIsAnError() {
        var reader = ConverseResponseReader()
        reader.read(ByteBuffer(string: #"{"__type":"UnknownOperationException"}"#))
        reader.finish()
        #expect(reader.isWellFormed && reader.hasError)
    }

    @Test func metersAreDisjoint() {
        #expect(Self.meters(Self.usage) == [.input: 12, .output: 5])
        let cached = """
            {"inputTokens":1,"outputTokens":2,"totalTokens":103,"cacheReadInputTokens":40,"cacheWriteInputTokens":60,
            "cacheReadInputTokenCount":40,"cacheDetails":[{"ttl":"5m","inputTokens":20},{"inputTokens":10,"ttl":"1h"}]}
            """
        #expect(
            Self.meters(cached)
                == [.input: 1, .output: 2, .cacheRead: 40, .cacheWrite: 30, .cacheWrite5m: 20, .cacheWrite1h: 10])
        #expect(ConverseUsage(ByteBuffer(string: cached))?.isInconsistent == false)
    }

    @Test(arguments: [
        #"{"inputTokens":5,"outputTokens":1,"totalTokens":7}"#,
        #"{"inputTokens":5,"outputTokens":1,"totalTokens":6,"cacheReadInputTokens":4}"#,
        #"{"inputTokens":5,"outputTokens":1,"cacheReadInputTokens":-4}"#,
        #"{"inputTokens":5,"outputTokens":1,"cacheWriteInputTokens":1,"cacheDetails":[{"ttl":"5m","inputTokens":2}]}"#,
        #"{"inputTokens":5,"outputTokens":1,"cacheDetails":[{"ttl":"2h","inputTokens":2}]}"#,
    ]) func numbersThatContradictEachOtherAreTold(_ usage: String) {
        #expect(ConverseUsage(ByteBuffer(string: usage))?.isInconsistent == true)
    }

    @Test(arguments: ["{}", #"{"inputTokens":5}"#, #"{"inputTokens":"5","outputTokens":1}"#, "null", "[", ""])
    func whatIsNoUsageIsNone(_ usage: String) {
        #expect(ConverseUsage(ByteBuffer(string: usage)) == nil)
    }

    @Test func errorsHaveAwssForm() throws {
        let error = BedrockError(
            message: "No", type: "ThrottlingException", code: "budget_held", param: "model",
            details: [.init("limit", .string("1.00"))])
        let body = #"{"message":"No","tollbook":{"code":"budget_held","param":"model","limit":"1.00"}}"#
        #expect(error.body().text == body)
        let read = try EventStreamTests.read(error.event().array)
        #expect(read.payloads == [body])
        #expect(read.headers[0].contains(EventStreamHeader(":exception-type", .string("throttlingException"))))
        #expect(read.headers[0].contains(EventStreamHeader(":message-type", .string("exception"))))
    }
}
