import Foundation
import TollbookWire

/// Reads what a caller gets, and finds blocks that are not one after the other.
enum StreamOrder {
    static func problems(_ outcome: StreamOutcome, in dialect: ConversationDialect) -> [String] {
        switch dialect {
        case .anthropicMessages: anthropic(Said.events(outcome.text))
        case .bedrockConverse: bedrock(Said.messages(outcome.bytes))
        case .openAIResponses: responses(Said.events(outcome.text))
        case .openAIChat, .gemini, .cohereChat: []
        }
    }

    private static func anthropic(_ events: [[String: Any]]) -> [String] {
        var open: Int?
        var next = 0
        var problems: [String] = []
        for event in events {
            let index = event["index"] as? Int
            switch event["type"] as? String {
            case "content_block_start":
                if open != nil || index != next { problems.append("start of \(index ?? -1)") }
                open = index
                next += 1
            case "content_block_delta": if open == nil || open != index { problems.append("delta of \(index ?? -1)") }
            case "content_block_stop":
                if open == nil || open != index { problems.append("stop of \(index ?? -1)") }
                open = nil
            case "message_delta": if open != nil { problems.append("end in \(open ?? -1)") }
            default: continue
            }
        }
        return problems
    }

    /// Blocks of text and thoughts have no start there.
    private static func bedrock(_ messages: [(name: String, payload: [String: Any])]) -> [String] {
        var open: Int?
        var next = 0
        var problems: [String] = []
        for (name, payload) in messages {
            let index = payload["contentBlockIndex"] as? Int
            switch name {
            case "contentBlockStart", "contentBlockDelta":
                if open == nil, index == next {
                    open = index
                    next += 1
                } else if open != index || name == "contentBlockStart" {
                    problems.append("\(name) of \(index ?? -1)")
                }
            case "contentBlockStop":
                if open == nil || open != index { problems.append("stop of \(index ?? -1)") }
                open = nil
            case "messageStop": if open != nil { problems.append("end in \(open ?? -1)") }
            default: continue
            }
        }
        return problems
    }

    private static func responses(_ events: [[String: Any]]) -> [String] {
        var open: Int?
        var next = 0
        var problems: [String] = []
        for event in events {
            guard let index = event["output_index"] as? Int else { continue }
            switch event["type"] as? String {
            case "response.output_item.added":
                if open != nil || index != next { problems.append("item \(index)") }
                open = index
                next += 1
            case "response.output_item.done":
                if open != index { problems.append("done of \(index)") }
                open = nil
            default: if open != index { problems.append("\(event["type"] ?? "") of \(index)") }
            }
        }
        return problems
    }
}
