import Synchronization
import TollbookCore

/// Request ids made from the test's clock.
final class IDSource: Sendable {
    private let generator = Mutex(RequestIDGenerator(node: 0))

    func next(nowMicros: Int64) -> RequestID {
        generator.withLock { $0.next(nowMicros: nowMicros) }
    }
}
