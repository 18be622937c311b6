internal import Hummingbird

/// `/healthz`, `/readyz` and `/metrics`: open to whoever reaches the port, and without any name, key or amount.
struct HealthRoutes: Sendable {
    let services: ControlServices

    func add(to router: Router<ControlContext>) {
        router.get("healthz") { _, _ in try Response.json(["status": "ok"]) }
        router.get("readyz") { _, _ in try ready() }
        router.get("metrics") { _, _ in
            let page = await services.metrics(services.refusals.total)
            return Response.text(page, mediaType: PrometheusText.mediaType)
        }
    }

    /// 200 when every call that is permitted would be taken, else 503 with the reasons.
    private func ready() throws -> Response {
        let reasons = services.readiness()
        let body = Readiness(ready: reasons.isEmpty, reasons: reasons)
        return try Response.json(body, status: reasons.isEmpty ? .ok : .serviceUnavailable)
    }

    private struct Readiness: Encodable {
        let ready: Bool
        let reasons: [ReadinessFault]
    }
}
