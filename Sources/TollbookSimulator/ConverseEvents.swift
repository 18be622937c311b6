internal import NIOCore

/// Writes the messages of a streamed answer of Bedrock's Converse.
///
/// The simulator has its own writer of event streams: what reads them in the gateway is then read twice by others.
struct ConverseEvents: TypedEvents {
    private let plan: ChatPlan
    /// One a content chunk; the first of a tool's block opens it, the last of any closes it.
    private let contents: [ByteBuffer]

    init(_ plan: ChatPlan, stamp: CallStamp) {
        self.plan = plan
        contents = Self.blocks(plan, stamp)
    }

    var contentEvents: Int { contents.count }

    /// `messageStart`.
    func writeStart(into sink: inout ByteSink) {
        sink.write(Self.event("messageStart", #"{"p":"abcdef","role":"assistant"}"#))
    }

    /// Content chunk number `event`.
    func writeContent(_ event: Int, into sink: inout ByteSink) {
        sink.write(contents[event])
    }

    /// `messageStop`: why the model stopped.
    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        sink.write(Self.event("messageStop", #"{"p":"abc","stopReason":\#(plan.finish.anthropicJSON)}"#))
    }

    /// `metadata`, the last message, with the usage.
    func writeDone(into sink: inout ByteSink) {
        var payload = ByteSink(capacity: 256)
        payload.write("{\"metrics\":{\"latencyMs\":100},\"p\":\"abcdefghi\"")
        if plan.usage != .absent {
            payload.write(",\"usage\":")
            plan.figures.writeConverse(into: &payload)
        }
        payload.write("}")
        sink.write(Self.event("metadata", String(buffer: payload.buffer)))
    }

    /// The exception with which Bedrock gives up inside a stream.
    func writeError(before event: Int, into sink: inout ByteSink) {
        sink.write(
            Self.message(
                [(":exception-type", "throttlingException"), (":message-type", "exception")],
                #"{"message":"Too many tokens, please wait before trying again."}"#))
    }

    /// An event whose JSON breaks off.
    func writeBroken(before event: Int, into sink: inout ByteSink) {
        sink.write(Self.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"lor"#))
    }

    /// A tool call's id.
    static func toolID(_ index: Int, _ stamp: CallStamp) -> String { "tooluse_sim\(stamp.number)x\(index)" }

    // MARK: Blocks

    private static func blocks(_ plan: ChatPlan, _ stamp: CallStamp) -> [ByteBuffer] {
        switch plan.content {
        case .words(let tokens):
            let chunks = min(plan.chunks, max(tokens, plan.chunks))
            return block(0, opening: nil, (0..<chunks).map { text(words(chunk: $0, of: chunks, tokens: tokens)) })
        case .text(let whole):
            let pieces = StreamDeltas.pieces(whole, count: plan.chunks)
            return block(0, opening: nil, pieces.map { text(JSONText.escaped($0)) })
        case .vectors, .media: return []
        case .filler(let count): return block(0, opening: nil, [text(String(repeating: "a", count: count))])
        case .toolCalls(let calls):
            return calls.indices.flatMap { index in
                let name = JSONText.escaped(calls[index].name)
                let pieces = StreamDeltas.pieces(calls[index].arguments, count: plan.chunks)
                return block(
                    index, opening: #"{"toolUse":{"name":"\#(name)","toolUseId":"\#(toolID(index, stamp))"}}"#,
                    pieces.map { #"{"toolUse":{"input":"\#(JSONText.escaped($0))"}}"# })
            }
        }
    }

    private static func text(_ escaped: String) -> String { #"{"text":"\#(escaped)"}"# }

    /// The tokens of one chunk: all spread evenly, but at least one in each.
    private static func words(chunk: Int, of chunks: Int, tokens: Int) -> String {
        var sink = ByteSink(capacity: 64)
        let run = tokens > chunks ? tokens * chunk / chunks..<tokens * (chunk + 1) / chunks : chunk..<chunk + 1
        Vocabulary.latin.write(run.lowerBound, count: run.count, choice: 0, into: &sink)
        return String(buffer: sink.buffer)
    }

    /// A block's chunks. Texts begin without a message of their own, as with most models of Bedrock.
    private static func block(_ index: Int, opening: String?, _ deltas: [String]) -> [ByteBuffer] {
        deltas.indices.map { position in
            var bytes = ByteBuffer()
            if position == 0, let opening {
                bytes.writeImmutableBuffer(
                    event("contentBlockStart", #"{"contentBlockIndex":\#(index),"p":"ab","start":\#(opening)}"#))
            }
            bytes.writeImmutableBuffer(
                event(
                    "contentBlockDelta",
                    #"{"contentBlockIndex":\#(index),"delta":\#(deltas[position]),"p":"abcdefghijk"}"#))
            if position == deltas.count - 1 {
                bytes.writeImmutableBuffer(event("contentBlockStop", #"{"contentBlockIndex":\#(index),"p":"a"}"#))
            }
            return bytes
        }
    }

    // MARK: Framing

    private static func event(_ name: String, _ payload: String) -> ByteBuffer {
        message(
            [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")], payload)
    }

    /// A message with headers that are strings: prelude, headers, payload, each with its checksum.
    private static func message(_ headers: [(name: String, value: String)], _ payload: String) -> ByteBuffer {
        var encoded = ByteBuffer()
        for header in headers {
            encoded.writeInteger(UInt8(header.name.utf8.count))
            encoded.writeString(header.name)
            encoded.writeInteger(7 as UInt8)
            encoded.writeInteger(UInt16(header.value.utf8.count))
            encoded.writeString(header.value)
        }
        var message = ByteBuffer()
        message.writeInteger(UInt32(16 + encoded.readableBytes + payload.utf8.count))
        message.writeInteger(UInt32(encoded.readableBytes))
        message.writeInteger(GzipWriter.checksum(of: message))
        message.writeImmutableBuffer(encoded)
        message.writeString(payload)
        message.writeInteger(GzipWriter.checksum(of: message))
        return message
    }
}
