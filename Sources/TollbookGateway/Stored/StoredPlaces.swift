internal import TollbookCore
internal import TollbookPolicy

/// Which provider takes a file that names no model.
struct StoredPlaces {
    struct Place {
        let route: RouteRecord
        let provider: ProviderRecord
    }

    let key: KeyRecord
    let snapshot: GovernanceSnapshot

    /// The provider of the route that is named; else the only one that the project's routes lead to.
    func keepers(_ routeName: String?) -> Result<Place, StoredRefusal> {
        guard let routeName else { return onlyKeeper() }
        guard let route = snapshot.routes[routeName], !route.isPassThrough, key.project.permits(route: route) else {
            return .failure(StoredRefusal(error: .unknownRoute(routeName)))
        }
        guard let provider = Self.providers(of: route).first else {
            return .failure(StoredRefusal(error: .noKeeper("'\(routeName)'")))
        }
        return .success(Place(route: route, provider: provider))
    }

    private func onlyKeeper() -> Result<Place, StoredRefusal> {
        var places: [Place] = []
        for route in snapshot.routesInOrder where !route.isPassThrough && key.project.permits(route: route) {
            for provider in Self.providers(of: route) where !places.contains(where: { $0.provider.id == provider.id }) {
                places.append(Place(route: route, provider: provider))
            }
        }
        guard let first = places.first else {
            return .failure(StoredRefusal(error: .noKeeper("the routes of project '\(key.project.name)'")))
        }
        guard places.count == 1 else { return .failure(StoredRefusal(error: .severalKeepers)) }
        return .success(first)
    }

    /// The providers behind a route that keep files, in its order.
    private static func providers(of route: RouteRecord) -> [ProviderRecord] {
        route.targets.map(\.provider).filter { keepsFiles($0) }
    }

    /// Whether a provider takes files and batches.
    static func keepsFiles(_ provider: ProviderRecord) -> Bool {
        provider.service(of: .files) == .native && provider.service(of: .batches) == .native
    }
}
