import Testing
import TollbookPolicy

// Focus: the order in which waiting calls get places: shares, fairness in time, bounds. Random runs print their seed.

/// A call of a model run.
private struct Caller: Sendable, Equatable {
    let project: Int64
    let sequence: Int
}

/// Places that calls hold for a while, with a queue before them: what the gate does, in one thread and with a clock of
/// its own.
private struct PlacesModel {
    var queue: AdmissionQueue<Caller>
    let places: Int
    private(set) var held: [Int64: Int] = [:]
    private var running: [(end: Int, project: Int64)] = []
    private(set) var now = 0
    /// Place-time used by each project.
    private(set) var used: [Int64: Int] = [:]

    init(places: Int, limit: Int, limitPerProject: Int) {
        self.places = places
        queue = AdmissionQueue(limit: limit, limitPerProject: limitPerProject)
    }

    /// Ends the call that ends first, and gives its place to the next one, which lasts as long as `duration` says.
    mutating func step(_ duration: (Caller) -> Int) -> Caller? {
        if running.count == places, let index = running.indices.min(by: { running[$0].end < running[$1].end }) {
            let ended = running.remove(at: index)
            now = max(now, ended.end)
            held[ended.project, default: 0] -= 1
        }
        guard let next = queue.next(held: { [held] in held[$0.project] ?? 0 }) else { return nil }
        let time = duration(next)
        held[next.project, default: 0] += 1
        used[next.project, default: 0] += time
        running.append((now + time, next.project))
        return next
    }
}

private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite struct AdmissionQueueTests {
    private func isQueued(_ offer: AdmissionQueue<Caller>.Offer) -> Bool {
        if case .queued = offer { return true }
        return false
    }

    @Test(arguments: 0..<20)
    func sharesOfThePlacesFollowTheUnits(run: UInt64) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(state: seed)
        let shares = (1...Int64.random(in: 2...6, using: &random)).map { _ in
            AdmissionShare(
                weight: Int.random(in: 1...10, using: &random),
                priority: AdmissionShare.Priority.allCases.randomElement(using: &random) ?? .standard)
        }
        let places = Int.random(in: 40...120, using: &random)
        var model = PlacesModel(places: places, limit: 4_096, limitPerProject: 512)
        // Durations differ by project: what counts is places over time, not calls.
        let durations = shares.map { _ in Int.random(in: 1...50, using: &random) }
        for (project, share) in shares.enumerated() {
            for sequence in 0..<400 {
                _ = model.queue.offer(
                    Caller(project: Int64(project), sequence: sequence), project: Int64(project), share: share)
            }
        }
        var sums = [Int](repeating: 0, count: shares.count)
        let steps = 4_000
        for step in 0..<steps {
            guard let next = model.step({ durations[Int($0.project)] * 10 + Int.random(in: 0...9, using: &random) })
            else {
                Issue.record("nobody waited, seed \(seed)")
                return
            }
            _ = model.queue.offer(next, project: next.project, share: shares[Int(next.project)])
            guard step >= steps / 2 else { continue }
            for project in sums.indices { sums[project] += model.held[Int64(project)] ?? 0 }
        }
        let units = shares.reduce(0) { $0 + $1.units }
        for (project, share) in shares.enumerated() {
            let mean = Double(sums[project]) / Double(steps / 2)
            // Every project gets one place at least; the rest is by units.
            let fair = max(1, Double(places * share.units) / Double(units))
            let spare = Double(shares.count)
            #expect(abs(mean - fair) <= spare, "project \(project) held \(mean) of \(fair), seed \(seed)")
        }
    }

    @Test(arguments: 0..<20)
    func aProjectWithoutAPlaceWaitsForItsTurnAndNoLonger(run: UInt64) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(state: seed)
        let shares = (0..<Int.random(in: 2...30, using: &random)).map { _ in
            AdmissionShare(weight: Int.random(in: 1...8, using: &random))
        }
        var model = PlacesModel(places: Int.random(in: 1...4, using: &random), limit: 4_096, limitPerProject: 64)
        for (project, share) in shares.enumerated() {
            for sequence in 0..<8 {
                _ = model.queue.offer(
                    Caller(project: Int64(project), sequence: sequence), project: Int64(project), share: share)
            }
        }
        var since = [Int](repeating: 0, count: shares.count)
        for _ in 0..<3_000 {
            guard let next = model.step({ _ in Int.random(in: 1...20, using: &random) }) else { break }
            for project in since.indices where (model.held[Int64(project)] ?? 0) == 0 { since[project] += 1 }
            since[Int(next.project)] = 0
            _ = model.queue.offer(next, project: next.project, share: shares[Int(next.project)])
            for (project, share) in shares.enumerated() {
                // Each of the others comes before it as often as its units hold this one's, and once more.
                let bound = shares.reduce(0) { $0 + $1.units / share.units + 2 }
                #expect(since[project] <= bound, "project \(project) waits for \(since[project]), seed \(seed)")
            }
        }
    }

    @Test func onePlaceGoesRoundByWeight() {
        var queue = AdmissionQueue<Caller>(limit: 100, limitPerProject: 50)
        for sequence in 0..<40 {
            _ = queue.offer(Caller(project: 1, sequence: sequence), project: 1, share: AdmissionShare(weight: 3))
            _ = queue.offer(Caller(project: 2, sequence: sequence), project: 2, share: AdmissionShare(weight: 1))
        }
        let order = (0..<40).compactMap { _ in queue.next(held: { _ in 0 })?.project }
        #expect(order.filter { $0 == 1 }.count == 30)
        // Every window of eight has two of the lighter one.
        for start in 0..<32 { #expect(order[start..<start + 8].filter { $0 == 2 }.count == 2) }
    }

    @Test func aProjectThatComesLateHasNoArrears() {
        var queue = AdmissionQueue<Caller>(limit: 100, limitPerProject: 50)
        let share = AdmissionShare()
        for sequence in 0..<30 { _ = queue.offer(Caller(project: 1, sequence: sequence), project: 1, share: share) }
        for _ in 0..<20 { _ = queue.next(held: { _ in 0 }) }
        for sequence in 0..<10 { _ = queue.offer(Caller(project: 2, sequence: sequence), project: 2, share: share) }
        let order = (0..<10).compactMap { _ in queue.next(held: { _ in 0 })?.project }
        #expect(order.filter { $0 == 2 }.count == 5)
    }

    @Test(arguments: 0..<20)
    func aProjectsOwnCallsGoInTheirOrder(run: UInt64) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(state: seed)
        var queue = AdmissionQueue<Caller>(limit: 200, limitPerProject: 50)
        var sequences = [Int](repeating: 0, count: 6)
        var last = [Int](repeating: -1, count: 6)
        var waiting: [(number: UInt64, caller: Caller)] = []
        for _ in 0..<5_000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0...1:
                let project = Int.random(in: 0..<6, using: &random)
                let caller = Caller(project: Int64(project), sequence: sequences[project])
                sequences[project] += 1
                let share = AdmissionShare(weight: project + 1)
                switch queue.offer(caller, project: caller.project, share: share) {
                case .queued(let number): waiting.append((number, caller))
                case .displaced(let gone, let number):
                    // The newest of its project, and of one that has more for its units.
                    let newest = waiting.last { $0.caller.project == gone.project }
                    #expect(newest?.caller == gone && gone.project != caller.project, "seed \(seed)")
                    waiting.removeAll { $0.caller == gone }
                    waiting.append((number, caller))
                case .full:
                    let own = waiting.filter { $0.caller.project == caller.project }.count
                    #expect(waiting.count == 200 || own == 50, "seed \(seed)")
                }
            case 2...3:
                guard let next = queue.next(held: { _ in 0 }) else { continue }
                #expect(last[Int(next.project)] < next.sequence, "seed \(seed)")
                last[Int(next.project)] = next.sequence
                waiting.removeAll { $0.caller == next }
            default:
                guard let some = waiting.randomElement(using: &random) else { continue }
                let isRemoved = queue.remove(some.number, project: some.caller.project)
                let isRemovedAgain = queue.remove(some.number, project: some.caller.project)
                #expect(isRemoved && !isRemovedAgain, "seed \(seed)")
                waiting.removeAll { $0.number == some.number }
            }
            #expect(queue.count == waiting.count && queue.count <= 200, "seed \(seed)")
        }
    }

    @Test func noProjectFillsTheQueue() {
        var queue = AdmissionQueue<Caller>(limit: 8, limitPerProject: 4)
        let share = AdmissionShare()
        for sequence in 0..<4 {
            let offer = queue.offer(Caller(project: 1, sequence: sequence), project: 1, share: share)
            #expect(isQueued(offer))
        }
        guard case .full = queue.offer(Caller(project: 1, sequence: 4), project: 1, share: share) else {
            Issue.record("a fifth call of the project waits")
            return
        }
        let other = queue.offer(Caller(project: 2, sequence: 0), project: 2, share: share)
        #expect(isQueued(other))
    }

    @Test func aFullQueueMakesRoomForWhoWaitsWithLess() {
        var queue = AdmissionQueue<Caller>(limit: 6, limitPerProject: 4)
        let batch = AdmissionShare(priority: .batch)
        for sequence in 0..<2 {
            _ = queue.offer(Caller(project: 1, sequence: sequence), project: 1, share: batch)
            _ = queue.offer(Caller(project: 2, sequence: sequence), project: 2, share: AdmissionShare())
            _ = queue.offer(Caller(project: 3, sequence: sequence), project: 3, share: AdmissionShare())
        }
        // The lower class goes first, though all have two calls.
        let newcomer = Caller(project: 4, sequence: 0)
        guard case .displaced(let gone, _) = queue.offer(newcomer, project: 4, share: AdmissionShare()) else {
            Issue.record("nobody made room")
            return
        }
        #expect(gone == Caller(project: 1, sequence: 1) && queue.count == 6)
        // One that would wait with the most for its share itself is refused.
        guard case .full = queue.offer(Caller(project: 1, sequence: 2), project: 1, share: batch) else {
            Issue.record("the heaviest project displaced another")
            return
        }
    }

    @Test func settingsMakeShares() {
        #expect(AdmissionShare([:]) == AdmissionShare(weight: 1, priority: .standard))
        #expect(AdmissionShare([.weight: "4", .priority: "interactive"]).units == 64)
        #expect(AdmissionShare([.weight: "1000", .priority: "later"]).units == 400)
        #expect(AdmissionShare([.weight: "-1", .priority: "batch"]).units == 1)
    }
}
