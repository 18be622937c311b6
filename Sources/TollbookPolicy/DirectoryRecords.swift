/// A virtual key and everything that follows from it: whom its calls are charged to and what it may ask for.
package final class KeyRecord: Sendable {
    package let id: Int64
    /// The journal index of the key's version in force.
    package let version: Int64
    package let name: String
    package let organizationID: Int64
    package let teamID: Int64
    package let project: ProjectRecord
    package let applicationID: Int64?
    package let userSubjectID: Int64?
    /// Refused from this time on; nil: never.
    package let expiresMicros: Int64?

    package init(
        id: Int64, version: Int64, name: String, organizationID: Int64, teamID: Int64, project: ProjectRecord,
        applicationID: Int64?, userSubjectID: Int64?, expiresMicros: Int64?
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.organizationID = organizationID
        self.teamID = teamID
        self.project = project
        self.applicationID = applicationID
        self.userSubjectID = userSubjectID
        self.expiresMicros = expiresMicros
    }
}

/// A project and its rules.
package final class ProjectRecord: Sendable {
    package let id: Int64
    /// The journal index of the project's version in force.
    package let version: Int64
    package let name: String
    /// Regions that its calls may go to; nil: any.
    package let regions: [String]?
    /// Ids of the routes that its keys may ask for; nil: every route.
    package let routes: Set<Int64>?
    /// What its calls count while the process is full.
    package let share: AdmissionShare

    package init(
        id: Int64, version: Int64, name: String, regions: [String]?, routes: Set<Int64>?,
        share: AdmissionShare = AdmissionShare()
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.regions = regions
        self.routes = routes
        self.share = share
    }

    /// Whether its keys may ask for the route. A route that lets calls through must be named to the project: whoever
    /// may call every path of a provider may do more than ask a model.
    package func permits(route: RouteRecord) -> Bool {
        routes?.contains(route.id) ?? !route.isPassThrough
    }
}
