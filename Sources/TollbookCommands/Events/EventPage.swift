internal import Foundation
internal import TollbookControl
internal import TollbookCore
internal import TollbookReports

/// A piece of the feed as the server answers it.
struct EventPage {
    let events: [(logIndex: Int64, json: String)]
    let next: Int64
    let head: Int64

    /// - Throws: `unexpected_answer`.
    init(_ bytes: [UInt8]) throws {
        guard let page = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let events = page["events"] as? [[String: Any]], let next = page["next"] as? Int64,
            let head = page["head"] as? Int64
        else {
            throw TollbookError(.unexpectedAnswer, "the server's answer is no list of events")
        }
        self.next = next
        self.head = head
        self.events = try events.map { event in
            let index = (event["data"] as? [String: Any])?["log_index"] as? Int64
            return (index ?? next, try EventLine.json(event))
        }
    }
}

/// An event as people read it: index, time, type, what it is about, and what there is to say.
enum EventLine {
    /// On one line, keys in order.
    static func json(_ object: [String: Any]) throws -> String {
        let bytes = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter json: a CloudEvent.
    static func text(_ json: String) -> String {
        guard let event = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any] else {
            return TextTable.printable(json)
        }
        let data = event["data"] as? [String: Any] ?? [:]
        let index = (data["log_index"] as? Int64).map { String($0) } ?? ""
        let words = [index, text(event["time"]), text(event["type"]), text(event["subject"])]
        let told = event["type"] as? String == FeedEvent.requestDenied ? refusal(data) : audit(data)
        return TextTable.printable((words + told).filter { !$0.isEmpty }.joined(separator: "  "))
    }

    private static func refusal(_ data: [String: Any]) -> [String] {
        let names = ["reason", "project", "key", "route", "policy", "detail"].map { text(data[$0]) }
        let amounts = ["limit", "spent", "held", "asked", "contact"].compactMap { name in
            (data[name] as? String).map { "\(name) \($0)" }
        }
        return names + amounts
    }

    private static func audit(_ data: [String: Any]) -> [String] {
        let detail = (data["detail"] as? [String: Any]).flatMap { try? json($0) }
        let outcome = text(data["outcome"])
        return [
            outcome == "success" ? "" : outcome, text(data["actor"]),
            detail ?? text(data["detail"]),
        ]
    }

    private static func text(_ value: Any?) -> String {
        value as? String ?? ""
    }
}
