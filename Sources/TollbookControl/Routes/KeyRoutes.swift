internal import Foundation
internal import Hummingbird
internal import TollbookCore
internal import TollbookLedger

/// `/api/v1/keys`: make, list and revoke virtual keys. A secret is in the answer of its making and nowhere else.
struct KeyRoutes: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.post("keys") { request, context in
            let body = try await request.decoded(KeyRequest.self)
            let author = author(body.changeReference, body.reason, context)
            let key = try await services.ledger.createKey(try Self.newKey(body), by: author)
            return try Response.json(key, status: .created)
        }
        api.get("keys") { request, _ in
            let items = try request.query(["project", "closed"])
            let ledger = services.ledger
            let keys = try await services.readers.run {
                try ledger.listKeys(project: items["project"], includesClosed: items["closed"] == "true")
            }
            return try Response.json(KeyList(keys: keys))
        }
        api.delete("keys/:id") { request, context in
            let items = try request.query(["change_ref", "reason"])
            let author = author(items["change_ref"], items["reason"], context)
            let reference = try Self.reference(context.parameters.get("id"))
            return try Response.json(try await services.ledger.revokeKey(reference, by: author))
        }
    }

    private func author(_ changeReference: String?, _ reason: String?, _ context: ControlContext) -> ChangeAuthor {
        ChangeAuthor(
            actorID: AuditRecorder.ownerID, changeReference: changeReference, reason: reason,
            address: context.callerAddress)
    }

    private static func newKey(_ body: KeyRequest) throws -> NewKey {
        let expires = try body.expires.map { text in
            guard let micros = CalendarText.micros(text, timeZone: "UTC") else {
                throw Problem(
                    status: 400, code: .invalidRequest, "`expires` is no date or time",
                    hint: "write 2027-01-31, or 2027-01-31T12:00:00Z")
            }
            return micros
        }
        return NewKey(
            project: body.project, application: body.application, user: body.user, name: body.name,
            expiresMicros: expires)
    }

    /// A number is an id; anything else a name or path, its slashes percent-encoded.
    private static func reference(_ text: String?) throws -> KeyReference {
        guard let text = text?.removingPercentEncoding, !text.isEmpty else {
            throw Problem(status: 404, code: .notFound, "there is no such path")
        }
        return Int64(text).map { .id($0) } ?? .path(text)
    }
}

extension KeyRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
