internal import SQLite

/// What a request is counted under; 0 where it has none.
struct SpendSubject {
    var acceptedMicros: Int64
    var organizationID: Int64
    var teamID: Int64
    var projectID: Int64
    var applicationID: Int64
    var keyID: Int64
    var userSubjectID: Int64
    var routeID: Int64

    /// From columns that follow each other: time, organization, team, project, application, key, user, route.
    init(_ row: Statement, firstColumn: Int) {
        acceptedMicros = row.int64(at: firstColumn)
        organizationID = row.int64(at: firstColumn + 1)
        teamID = row.int64(at: firstColumn + 2)
        projectID = row.int64(at: firstColumn + 3)
        applicationID = row.int64(at: firstColumn + 4)
        keyID = row.int64(at: firstColumn + 5)
        userSubjectID = row.int64(at: firstColumn + 6)
        routeID = row.int64(at: firstColumn + 7)
    }

    func matches(_ filter: SpendQuery.Filter) -> Bool {
        func fits(_ wanted: Int64?, _ found: Int64) -> Bool { wanted == nil || wanted == found }
        return fits(filter.organizationID, organizationID) && fits(filter.teamID, teamID)
            && fits(filter.projectID, projectID) && fits(filter.applicationID, applicationID)
            && fits(filter.keyID, keyID) && fits(filter.userSubjectID, userSubjectID)
            && fits(filter.routeID, routeID)
    }
}
