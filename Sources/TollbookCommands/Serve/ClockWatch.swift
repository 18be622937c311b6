internal import Logging
internal import TollbookControl
internal import TollbookCore
internal import TollbookLedger

/// Puts every step of the wall clock over a second on record, as an event and a line of the log: the times of rows
/// before and after it cannot be compared.
struct ClockWatch: Sendable {
    let ledger: Ledger
    let recorder: AuditRecorder
    let clock: any WallClock
    let logger: Logger

    /// Watches until the next signal.
    func run(until stop: StopSignals) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run() }
            await stop.wait()
            group.cancelAll()
        }
    }

    private func run() async {
        let start = ContinuousClock.now
        var unrecorded = stepSinceNewestRow()
        var steps = ClockSteps(wallMicros: clock.nowMicros(), monotonicMicros: 0)
        while true {
            if unrecorded != 0, await record(unrecorded) { unrecorded = 0 }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            let monotonicMicros = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
            if let step = steps.step(wallMicros: clock.nowMicros(), monotonicMicros: monotonicMicros) {
                logger.warning("The wall clock was set", metadata: ["step_micros": "\(step)"])
                unrecorded += step
            }
        }
    }

    /// How far the clock stands before the newest row of an earlier run; 0: it does not.
    private func stepSinceNewestRow() -> Int64 {
        guard let newest = ledger.newestMicros else { return 0 }
        let step = clock.nowMicros() - newest
        guard step < -ClockSteps.leastMicros else { return 0 }
        logger.warning("The wall clock stands before the ledger's newest row", metadata: ["step_micros": "\(step)"])
        return step
    }

    /// False: the ledger cannot commit now; the next look tries again.
    private func record(_ step: Int64) async -> Bool {
        let event = AuditRecorder.Event(.clockStep, isOwner: false, detail: "{\"step_micros\":\(step)}")
        return (try? await recorder.record(event)) != nil
    }
}
