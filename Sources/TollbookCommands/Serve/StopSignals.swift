internal import Dispatch

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// SIGTERM and SIGINT as values: the first asks to stop, the second to stop at once.
///
/// `@unchecked Sendable`: dispatch sources are thread-safe objects without the annotation, and are never changed here.
final class StopSignals: @unchecked Sendable {
    private let signals: AsyncStream<Int32>
    /// Keeps the handlers in place for as long as somebody may wait.
    private let sources: [any DispatchSourceSignal]

    /// Takes both signals from the system's default of ending the process.
    init() {
        let (stream, continuation) = AsyncStream<Int32>.makeStream(bufferingPolicy: .bufferingOldest(2))
        signals = stream
        sources = [SIGTERM, SIGINT].map { number in
            #if canImport(Darwin)
            // Elsewhere the source puts a handler of its own in place; a signal before it must not be lost.
            signal(number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Returns at the next signal, or when the task is cancelled. One caller at a time.
    func wait() async {
        _ = await signals.first { _ in true }
    }
}
