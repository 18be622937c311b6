internal import Hummingbird
internal import Logging

/// The context of a request of the control plane.
typealias ControlContext = BasicRequestContext

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
        _ = api
        return router
    }
}
