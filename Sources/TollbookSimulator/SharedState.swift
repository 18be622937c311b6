internal import NIOCore
internal import Synchronization

/// What all event loops of one simulator share: counts, the recorded request, the configuration.
final class SharedState: Sendable {
    let configuration: SimulatorConfiguration
    let planner: Planner
    private let requests = Atomic<Int>(0)
    private let chats = Atomic<Int>(0)
    private let loops = Mutex<[CallCounts]>([])
    private let ordinals = Mutex<[String: Int]>([:])
    private let last = Mutex<RequestHead.WithBody?>(nil)
    private let storage = Mutex(StoredState())

    init(_ configuration: SimulatorConfiguration) {
        self.configuration = configuration
        planner = Planner(configuration)
    }

    /// Makes the counts of one more event loop.
    func makeCounts() -> CallCounts {
        let counts = CallCounts()
        loops.withLock { $0.append(counts) }
        return counts
    }

    /// Counts a request to any endpoint but `/sim/…`; it is kept if the configuration records.
    func note(_ request: RequestHead.WithBody) {
        requests.add(1, ordering: .relaxed)
        if configuration.recordsLastRequest { last.withLock { $0 = request } }
    }

    /// The number of the next chat call, from 1.
    func nextCall() -> Int {
        chats.add(1, ordering: .relaxed).newValue
    }

    /// Which call with this model name this is, from 1; asked only for calls with `times`, of any loop.
    ///
    /// Beyond ``SimulatorLimits/countedModels`` names all further ones count as one.
    func nextOrdinal(model: ByteBuffer) -> Int {
        let name = String(decoding: model.readableBytesView, as: UTF8.self)
        return ordinals.withLock { ordinals in
            let isCounted = ordinals[name] != nil || ordinals.count < SimulatorLimits.countedModels
            ordinals[isCounted ? name : "", default: 0] += 1
            return ordinals[isCounted ? name : ""] ?? 1
        }
    }

    /// All requests, chat calls and chat calls by model since the last reset.
    func counts() -> (requests: Int, chats: Int, byModel: [String: Int]) {
        var byModel: [String: Int] = [:]
        for counts in loops.withLock({ $0 }) { byModel.merge(counts.byModel, uniquingKeysWith: +) }
        return (requests.load(ordering: .relaxed), chats.load(ordering: .relaxed), byModel)
    }

    /// The last request that was recorded.
    var lastRequest: RequestHead.WithBody? { last.withLock { $0 } }

    /// Counts from zero again and forgets the recorded request; a seeded run repeats from here.
    func reset() {
        requests.store(0, ordering: .relaxed)
        chats.store(0, ordering: .relaxed)
        for counts in loops.withLock({ $0 }) { counts.reset() }
        ordinals.withLock { $0 = [:] }
        last.withLock { $0 = nil }
        storage.withLock { $0 = StoredState() }
    }

    /// Answers a call about files or batches; nil: there is no such thing.
    func stored(_ call: StoredCall, now: Int, _ lines: BatchLineAnswers) -> StoredAnswer? {
        storage.withLock { $0.answer(call, now: now, lines) }
    }
}
