internal import Hummingbird
internal import TollbookCore

/// `GET /api/v1/budgets`: limit, spent, held and left of every open budget.
struct BudgetRoutes: Sendable {
    let services: ControlServices

    func add(to api: RouterGroup<ControlContext>) {
        api.get("budgets") { request, _ in
            _ = try request.query([])
            let now = services.clock.nowMicros()
            return try Response.json(try await services.readers.read { try BudgetStandings.read($0, nowMicros: now) })
        }
    }
}
