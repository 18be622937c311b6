internal import NIOCore
internal import Synchronization
internal import TollbookPolicy

/// Bounds the calls in flight of the whole process; while it is full, calls wait and get freed places by their
/// projects' shares.
///
/// Shared by the event loops. As long as no call waits, entering and leaving are one exchange of an atomic word each,
/// without a lock. Calls that wait are in a queue under a lock, and the word counts them: whoever frees a place sees
/// that, and hands it over.
final class CallGate: Sendable {
    /// A call that waits, and where its answer goes.
    struct Waiter: Sendable {
        let loop: GatewayLoop
        let ticket: UInt64
        let places: ProjectPlaces
    }

    /// What a call that waited is told, on its event loop.
    enum Answer: Sendable {
        /// It has a place.
        case admitted(ProjectPlaces)
        /// Its place in the queue went to another project's call.
        case displaced
    }

    /// What became of a call that found no place.
    enum Wait {
        /// A place was free by now.
        case entered
        /// It waits; the number withdraws it.
        case queued(UInt64)
        /// It cannot wait.
        case full
    }

    /// The word's unit for calls that wait; below it are the places held.
    private static let oneWaiter: UInt64 = 1 << 32

    private let limit: UInt64
    /// Places held, and calls that wait. While calls wait, all places are held.
    private let word = Atomic<UInt64>(0)
    private let queue: Mutex<AdmissionQueue<Waiter>>
    private let projects = Mutex<[Int64: ProjectPlaces]>([:])

    /// - Parameters:
    ///   - limit: places for calls in flight.
    ///   - queueLimit: calls that may wait.
    init(limit: Int, queueLimit: Int) {
        self.limit = UInt64(limit)
        let share = max(1, queueLimit / GatewayLimits.queueParts)
        queue = Mutex(AdmissionQueue(limit: queueLimit, limitPerProject: share))
    }

    /// Places held now.
    var held: Int { Int(UInt32(truncatingIfNeeded: word.load(ordering: .relaxed))) }

    /// Calls that wait now.
    var waiting: Int { Int(word.load(ordering: .relaxed) / Self.oneWaiter) }

    /// The counter of a project; event loops keep it.
    func places(of projectID: Int64) -> ProjectPlaces {
        projects.withLock { projects in
            if let known = projects[projectID] { return known }
            let places = ProjectPlaces(projectID: projectID)
            projects[projectID] = places
            return places
        }
    }

    /// Takes a place; false: none is free, or calls wait for one.
    func enter(_ places: ProjectPlaces) -> Bool {
        var seen = word.load(ordering: .relaxed)
        while seen < limit {
            let (done, current) = word.weakCompareExchange(
                expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
            if done {
                places.take()
                return true
            }
            seen = current
        }
        return false
    }

    /// Has a call wait for a place, after `enter(_:)` said no.
    func wait(_ waiter: Waiter, share: AdmissionShare) -> Wait {
        let (wait, displaced) = queue.withLock { queue -> (Wait, Waiter?) in
            switch queue.offer(waiter, project: waiter.places.projectID, share: share) {
            case .queued(let number):
                if register() { return (.queued(number), nil) }
                _ = queue.remove(number, project: waiter.places.projectID)
                return (.entered, nil)
            case .displaced(let displaced, let number): return (.queued(number), displaced)
            case .full: return (.full, nil)
            }
        }
        if case .entered = wait { waiter.places.take() }
        displaced.map { Self.tell($0, .displaced) }
        return wait
    }

    /// Counts a call that waits; false: a place has been freed meanwhile, and is taken. Under the lock.
    private func register() -> Bool {
        var seen = word.load(ordering: .relaxed)
        while true {
            let enters = seen < limit
            let (done, current) = word.weakCompareExchange(
                expected: seen, desired: seen + (enters ? 1 : Self.oneWaiter), ordering: .acquiringAndReleasing)
            if done { return !enters }
            seen = current
        }
    }

    /// Takes a call out of the queue; false: its answer is on its way.
    func withdraw(_ number: UInt64, _ places: ProjectPlaces) -> Bool {
        queue.withLock { queue in
            guard queue.remove(number, project: places.projectID) else { return false }
            word.subtract(Self.oneWaiter, ordering: .acquiringAndReleasing)
            return true
        }
    }

    /// Gives a place back, or hands it over to a call that waits.
    func leave(_ places: ProjectPlaces) {
        places.giveBack()
        var seen = word.load(ordering: .relaxed)
        while seen < Self.oneWaiter {
            let (done, current) = word.weakCompareExchange(
                expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
            if done { return }
            seen = current
        }
        handOver()
    }

    private func handOver() {
        let next = queue.withLock { queue -> Waiter? in
            guard let next = queue.next(held: { $0.places.count }) else {
                // Whoever waited has left meanwhile; nobody begins to wait under the lock.
                word.subtract(1, ordering: .acquiringAndReleasing)
                return nil
            }
            next.places.take()
            word.subtract(Self.oneWaiter, ordering: .acquiringAndReleasing)
            return next
        }
        next.map { Self.tell($0, .admitted($0.places)) }
    }

    private static func tell(_ waiter: Waiter, _ answer: Answer) {
        waiter.loop.eventLoop.execute { waiter.loop.gateAnswered(waiter.ticket, answer) }
    }
}
