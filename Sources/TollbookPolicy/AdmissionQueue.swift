/// Calls that wait for a place among the calls in flight, by project.
///
/// A freed place goes to the project with the fewest places held for its units (`AdmissionShare.units`): shares of the
/// places follow the units, but for the one place that every waiting project gets. Among projects at the same level
/// it goes by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996), each admission advancing a project by one
/// over its units; what is still equal goes to the call that came first. A project's own calls go in their order.
///
/// The queue is bounded, and so is each project's part of it. When it is full, a newcomer takes the place of the newest
/// call of the project that waits with the most calls for its units, unless that is its own. Pure: no clock, no lock.
package struct AdmissionQueue<Waiter: Sendable>: Sendable {
    /// What became of a call that came to wait.
    package enum Offer: Sendable {
        /// It waits; the number finds it again.
        case queued(UInt64)
        /// It waits, and another call does not any more.
        case displaced(Waiter, UInt64)
        /// There is no room for it.
        case full
    }

    private struct Entry {
        /// Rises with the arrival, over all projects.
        let number: UInt64
        let waiter: Waiter
    }

    /// A project that has calls waiting.
    private struct Flow {
        var units: Int
        /// Where it stands in virtual time.
        var tag: UInt64
        /// Never empty.
        var entries: [Entry]
    }

    /// What one admission of one unit advances; large, so that the quotient by the units is exact enough.
    private static var step: UInt64 { 1 << 32 }

    private let limit: Int
    private let limitPerProject: Int
    private var flows: [Int64: Flow] = [:]
    /// Where projects without waiting calls stand, as long as they are ahead of the others.
    private var idleTags: [Int64: UInt64] = [:]
    /// The tag of the newest admission.
    private var virtualTime: UInt64 = 0
    private var newestNumber: UInt64 = 0
    /// Calls that wait.
    package private(set) var count = 0

    /// - Parameters:
    ///   - limit: calls that may wait.
    ///   - limitPerProject: of these, one project's.
    package init(limit: Int, limitPerProject: Int) {
        self.limit = limit
        self.limitPerProject = limitPerProject
    }

    /// Has a call wait. The project's newest share counts for all its calls.
    package mutating func offer(_ waiter: Waiter, project: Int64, share: AdmissionShare) -> Offer {
        guard (flows[project]?.entries.count ?? 0) < limitPerProject else { return .full }
        guard count >= limit else { return .queued(append(waiter, project, share)) }
        guard let heaviest = heaviest(against: project, share) else { return .full }
        let displaced = removeEntry(at: nil, of: heaviest)
        let number = append(waiter, project, share)
        return displaced.map { .displaced($0, number) } ?? .queued(number)
    }

    /// The call that a freed place goes to; nil: none waits.
    ///
    /// Looks at every project that waits.
    ///
    /// - Parameter held: the places that a waiting call's project holds.
    package mutating func next(held: (Waiter) -> Int) -> Waiter? {
        var best: Candidate?
        for (project, flow) in flows {
            let first = flow.entries[0]
            let candidate = Candidate(
                project: project, held: held(first.waiter), units: flow.units, tag: flow.tag, number: first.number)
            if best.map({ candidate.precedes($0) }) ?? true { best = candidate }
        }
        guard let best else { return nil }
        virtualTime = best.tag
        flows[best.project]?.tag += Self.step / UInt64(best.units)
        return removeEntry(at: 0, of: best.project)
    }

    /// Takes a call out that does not wait any more; false: it is not in the queue.
    package mutating func remove(_ number: UInt64, project: Int64) -> Bool {
        guard let index = flows[project]?.entries.firstIndex(where: { $0.number == number }) else { return false }
        return removeEntry(at: index, of: project) != nil
    }

    // MARK: Order

    /// A project that could have the next place.
    private struct Candidate {
        let project: Int64
        let held: Int
        let units: Int
        let tag: UInt64
        /// Of its first call.
        let number: UInt64

        func precedes(_ other: Candidate) -> Bool {
            let (level, otherLevel) = (held * other.units, other.held * units)
            if level != otherLevel { return level < otherLevel }
            return tag != other.tag ? tag < other.tag : number < other.number
        }
    }

    /// The project that waits with the most calls for its units; nil: a newcomer of `project` would be that.
    private func heaviest(against project: Int64, _ share: AdmissionShare) -> Int64? {
        var best: (project: Int64, count: Int, units: Int)?
        for (project, flow) in flows {
            let count = flow.entries.count
            if let best {
                let (load, other) = (count * best.units, best.count * flow.units)
                guard load > other || load == other && project > best.project else { continue }
            }
            best = (project, count, flow.units)
        }
        guard let best, best.project != project else { return nil }
        let own = (flows[project]?.entries.count ?? 0) + 1
        return own * best.units < best.count * share.units ? best.project : nil
    }

    // MARK: Entries

    private mutating func append(_ waiter: Waiter, _ project: Int64, _ share: AdmissionShare) -> UInt64 {
        newestNumber += 1
        count += 1
        let entry = Entry(number: newestNumber, waiter: waiter)
        if flows[project] == nil {
            let tag = max(virtualTime, idleTags.removeValue(forKey: project) ?? 0)
            flows[project] = Flow(units: share.units, tag: tag, entries: [entry])
        } else {
            flows[project]?.units = share.units
            flows[project]?.entries.append(entry)
        }
        return newestNumber
    }

    /// - Parameter index: nil: the newest.
    private mutating func removeEntry(at index: Int?, of project: Int64) -> Waiter? {
        guard var flow = flows.removeValue(forKey: project) else { return nil }
        let removed = flow.entries.remove(at: index ?? flow.entries.count - 1)
        count -= 1
        if !flow.entries.isEmpty {
            flows[project] = flow
        } else if flow.tag > virtualTime {
            idleTags[project] = flow.tag
        }
        // The process is not full any more: nobody is ahead of anybody.
        if count == 0 { idleTags.removeAll() }
        return removed.waiter
    }
}
