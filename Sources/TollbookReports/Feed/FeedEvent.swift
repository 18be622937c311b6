internal import TollbookCore

/// One event of the feed: an audit event, or a request that was refused. Told as a CloudEvent.
///
/// Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
package struct FeedEvent: Sendable {
    /// The media type of one event as `json`.
    package static let mediaType = "application/cloudevents+json"
    /// The type of a request that a decision refused; every other type is an audit event's action.
    package static let requestDenied = "request.denied"

    package let logIndex: Int64
    /// Its place within the command, from 0.
    package let position: Int64
    package let timeMicros: Int64
    /// Whose command it was; nil: the installation's.
    package let organizationID: Int64?
    /// An audit event's action, or `requestDenied`.
    package let type: String
    /// `KIND/ID` of what it is about; nil: the installation.
    package let subject: String?
    /// The log that it is of: an absolute URI.
    package let source: String
    package let data: ReportJSON

    /// Unique in its log.
    package var id: String { "\(logIndex)-\(position)" }

    /// Structured JSON, the attributes first.
    package var json: ReportJSON {
        var members: [ReportJSON.Member] = [
            .init("specversion", "1.0"), .init("id", .string(id)), .init("source", .string(source)),
            .init("type", .string(type)), .init("time", .string(CivilTime.text(micros: timeMicros))),
        ]
        if let subject { members.append(.init("subject", .string(subject))) }
        members.append(.init("datacontenttype", "application/json"))
        members.append(.init("data", data))
        return .object(members)
    }
}

/// Which types of events are wanted.
package struct FeedTypes: Sendable, Equatable {
    /// As they are written: `budget.updated`, `budget.*`, `*`; empty: every type.
    package let patterns: [String]

    package init(_ patterns: [String] = []) {
        self.patterns = patterns
    }

    /// Whether an event of the type is wanted.
    package func contains(_ type: String) -> Bool {
        patterns.isEmpty
            || patterns.contains { pattern in
                pattern == "*" || pattern == type || pattern.hasSuffix(".*") && type.hasPrefix(pattern.dropLast())
            }
    }
}

/// A piece of the feed.
package struct FeedPage: Sendable {
    /// In journal order; a command's events are never parted.
    package let events: [FeedEvent]
    /// The journal index up to which the feed was read: where to go on after.
    package let next: Int64
    /// The newest journal index; the feed is read to its end when `next` is the same.
    package let head: Int64

    /// `{events, next, head}`.
    package var json: ReportJSON {
        .members([
            "events": .array(events.map(\.json)), "next": .integer(next), "head": .integer(head),
        ])
    }
}
