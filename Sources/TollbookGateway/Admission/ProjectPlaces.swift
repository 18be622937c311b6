internal import Synchronization

/// How many of the process's places one project's calls hold. One object for each project, shared by all event loops.
final class ProjectPlaces: Sendable {
    /// The project's id.
    let projectID: Int64
    private let held = Atomic<Int>(0)

    init(projectID: Int64) {
        self.projectID = projectID
    }

    /// Places held now.
    var count: Int { held.load(ordering: .relaxed) }

    func take() {
        held.add(1, ordering: .relaxed)
    }

    func giveBack() {
        held.subtract(1, ordering: .relaxed)
    }
}
