internal import NIOCore

/// Parts as Converse's content blocks: objects with one member, which says what they are.
extension BedrockRequestWriter {
    /// Empty texts, which Bedrock refuses, are left out where anything else is said.
    mutating func writeContent(_ parts: [ConversationPart], _ json: inout JSONWriter) {
        let saysMore = parts.contains { !$0.isEmptyText }
        json.array { json in
            for part in parts {
                if part.isEmptyText, saysMore { continue }
                write(part, &json)
                writeCachePoint(part.cacheControl, &json)
            }
        }
    }

    /// A mark that the prompt up to here is worth caching: a block of its own, behind what it marks.
    mutating func writeCachePoint(_ mark: ByteBuffer?, _ json: inout JSONWriter) {
        guard let mark else { return }
        guard family.takesCachePoints else { return notes.leaveOut(.cacheControl) }
        let view = try? JSONView(mark)
        let lifetime = view?.value("ttl")?.text
        if view?.members(except: ["type", "ttl"]).isEmpty == false { notes.leaveOut(.cacheControl) }
        Self.block("cachePoint", &json) { json in
            json.member("type", JSONText("default"))
            if let lifetime { json.member("ttl", lifetime) }
        }
    }

    private mutating func write(_ part: ConversationPart, _ json: inout JSONWriter) {
        if part.signature != nil { notes.allows(.thoughtSignature) }
        switch part.content {
        case .text(let text), .refusal(let text): Self.writeText(text, &json)
        case .image(let media): writeImage(media, &json)
        case .document(let document): writeDocument(document, &json)
        case .audio(let data, let format):
            Self.block("audio", &json) { json in
                json.member("format", format)
                Self.writeBytes(data, &json)
            }
        case .thinking(let text, let signature):
            guard let signature, GeminiSignature.unmarked(signature) == nil else {
                notes.allows(.unsignedThinking)
                return
            }
            BedrockBlocks.writeThought(text, signature, &json)
        case .redactedThinking(let data): BedrockBlocks.writeRedacted(data, &json)
        case .toolCall(let call): BedrockBlocks.writeCall(call, &json)
        case .toolResult(let result): writeResult(result, &json)
        }
    }

    private static func block(_ name: String, _ json: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
        json.object { json in
            json.name(name)
            json.object(members)
        }
    }

    private static func writeText(_ text: JSONText, _ json: inout JSONWriter) {
        json.object { $0.member("text", text) }
    }

    private static func writeBytes(_ base64: JSONText, _ json: inout JSONWriter) {
        json.name("source")
        json.object { $0.member("bytes", base64) }
    }

    private mutating func writeImage(_ media: ConversationPart.Media, _ json: inout JSONWriter) {
        guard case .base64(let data, let mediaType) = media else {
            notes.allows(.imageURL)
            return
        }
        guard let format = BedrockFormat.image(mediaType) else {
            notes.allows(.imageType)
            return
        }
        Self.block("image", &json) { json in
            json.name("format")
            json.value(format)
            Self.writeBytes(data, &json)
        }
    }

    private mutating func writeDocument(_ document: ConversationPart.Document, _ json: inout JSONWriter) {
        let format: String
        let data: JSONText
        switch document.media {
        case .url:
            notes.allows(.documentURL)
            return
        case .text(let text):
            format = "txt"
            data = JSONText(escaped: Base64.encode(text.unescaped))
        case .base64(let bytes, let mediaType):
            guard let known = BedrockFormat.document(mediaType) else {
                notes.allows(.documentType)
                return
            }
            format = known
            data = bytes
        }
        let name = freshName(BedrockFormat.documentName(document.title))
        Self.block("document", &json) { json in
            json.name("name")
            json.value(name)
            json.name("format")
            json.value(format)
            Self.writeBytes(data, &json)
        }
    }

    /// The name, with a number where another document has it.
    private mutating func freshName(_ name: String) -> String {
        var fresh = name
        var number = 2
        while !documentNames.insert(fresh).inserted {
            fresh = "\(name) \(number)"
            number += 1
        }
        return fresh
    }

    private mutating func writeResult(_ result: ConversationToolResult, _ json: inout JSONWriter) {
        Self.block("toolResult", &json) { json in
            json.member("toolUseId", BedrockFormat.toolUseID(result.callID))
            json.name("content")
            json.array { json in
                for part in result.parts where !part.isEmptyText { write(part, &json) }
            }
            if result.isError {
                json.name("status")
                json.value("error")
            }
        }
    }
}

/// Blocks that requests and answers share.
enum BedrockBlocks {
    static func writeThought(_ text: JSONText, _ signature: JSONText?, _ json: inout JSONWriter) {
        reasoning(&json) { json in
            json.name("reasoningText")
            json.object { json in
                json.member("text", text)
                if let signature { json.member("signature", signature) }
            }
        }
    }

    /// Converse has the bytes of what its maker has as text.
    static func writeRedacted(_ data: JSONText, _ json: inout JSONWriter) {
        reasoning(&json) { $0.member("redactedContent", JSONText(escaped: Base64.encode(data.unescaped))) }
    }

    /// The text of thoughts that only their provider can read; nil for what is no base64 of UTF-8.
    static func redacted(_ value: JSONView?) -> JSONText? {
        guard let bytes = value?.text.flatMap({ Base64.decode($0.unescaped) }) else { return nil }
        let text = bytes.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
        return text.map { JSONText($0) }
    }

    private static func reasoning(_ json: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
        json.object { json in
            json.name("reasoningContent")
            json.object(members)
        }
    }

    static func writeCall(_ call: ConversationToolCall, _ json: inout JSONWriter) {
        json.object { json in
            json.name("toolUse")
            json.object { json in
                json.member("toolUseId", BedrockFormat.toolUseID(call.id))
                json.member("name", call.name)
                json.name("input")
                json.raw(call.argumentsObject)
            }
        }
    }
}
