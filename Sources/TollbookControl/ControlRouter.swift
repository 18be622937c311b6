internal import Hummingbird
internal import Logging

/// Puts the routes together: the open ones, and the admin API behind the owner's token.
enum ControlRouter {
    static func make(
        services: ControlServices, activity: ControlActivity, logger: Logger
    ) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: ProblemMiddleware<ControlContext>(activity: activity, logger: logger))
        HealthRoutes(services: services).add(to: router)
        let api = router.group("api/v1")
            .add(middleware: OwnerAuthentication(token: services.token, refusals: services.refusals))
        ApplyRoute(services: services).add(to: api)
        KeyRoutes(services: services).add(to: api)
        BudgetRoutes(services: services).add(to: api)
        SpendRoute(services: services).add(to: api)
        ExplanationRoute(services: services).add(to: api)
        ExportRoutes(services: services).add(to: api)
        EventRoutes(services: services).add(to: api)
        VerifyRoute(services: services).add(to: api)
        QueryRoute(services: services).add(to: api)
        return router
    }
}
