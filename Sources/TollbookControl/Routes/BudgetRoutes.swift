internal import Foundation
internal import Hummingbird
internal import TollbookCore
internal import TollbookLedger

/// `/api/v1/budgets`: limit, spent, held and left of open budgets, who spent one, and raises.
struct BudgetRoutes: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.get("budgets") { request, _ in
            _ = try request.query([])
            let now = services.clock.nowMicros()
            return try Response.json(try await services.readers.read { try BudgetStandings.read($0, nowMicros: now) })
        }
        api.get("budgets/:id") { request, context in
            _ = try request.query([])
            let reference = try Self.reference(context)
            let now = services.clock.nowMicros()
            let detail = try await services.readers.read {
                try BudgetStandings.detail(reference, $0, nowMicros: now)
            }
            guard let detail else {
                throw TollbookError(
                    .noSuchObject, "there is no open budget `\(reference)`",
                    hint: "Write its name or id; GET /api/v1/budgets lists them.")
            }
            return try Response.json(detail)
        }
        api.post("budgets/:id/raises") { request, context in
            let body = try await request.decoded(RaiseRequest.self)
            let author = ChangeAuthor(
                actorID: AuditRecorder.ownerID, changeReference: body.changeReference, reason: body.reason,
                address: context.callerAddress)
            let raise = NewRaise(
                budget: try Self.reference(context), amount: body.amount,
                fromMicros: try body.from.map { try Self.time($0, "from") },
                toMicros: try Self.time(body.until, "until"))
            return try Response.json(try await services.ledger.raiseBudget(raise, by: author), status: .created)
        }
    }

    private static func time(_ text: String, _ field: String) throws -> Int64 {
        guard let micros = CalendarText.micros(text, timeZone: "UTC") else {
            throw Problem(
                status: 400, code: .invalidRequest, "`\(field)` is no date or time",
                hint: "write 2027-01-31, or 2027-01-31T12:00:00Z")
        }
        return micros
    }

    private static func reference(_ context: ControlContext) throws -> String {
        guard let text = context.parameters.get("id")?.removingPercentEncoding, !text.isEmpty else {
            throw Problem(status: 404, code: .notFound, "there is no such path")
        }
        return text
    }
}

extension RaiseRequest: ClosedBody {
    static var fields: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}
