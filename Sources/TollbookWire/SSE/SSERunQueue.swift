internal import NIOCore

/// Runs of events that wait to be forwarded, oldest first; the usual one needs no array.
struct SSERunQueue: Sendable {
    private var first: ByteBuffer?
    private var others: [ByteBuffer] = []

    mutating func append(_ run: ByteBuffer) {
        if first == nil, others.isEmpty { first = run } else { others.append(run) }
    }

    mutating func popFirst() -> ByteBuffer? {
        if let run = first {
            first = nil
            return run
        }
        return others.isEmpty ? nil : others.removeFirst()
    }

    mutating func removeLast() {
        if others.popLast() == nil { first = nil }
    }
}
