import Testing
import TollbookGateway

// Focus: when a credential's command is run, by the second.
@Suite final class CommandScheduleTests {
    private var schedule = CommandSchedule(ttlSeconds: 60)

    private func nanos(_ seconds: UInt64) -> UInt64 { seconds * 1_000_000_000 }

    private func begins(at second: UInt64) -> Bool {
        schedule.begin(nowNanos: nanos(second))
    }

    /// Runs it at a second, which must be its time.
    private func run(at second: UInt64, isGood: Bool) {
        let isRun = begins(at: second) || isDue(at: second)
        #expect(isRun && schedule.isRunning)
        schedule.ended(isGood: isGood)
    }

    private func isDue(at second: UInt64, wasUsed: Bool = true) -> Bool {
        schedule.beginIfDue(nowNanos: nanos(second), wasUsed: wasUsed)
    }

    @Test func runsOnceForAllWhoAwaitIt() {
        #expect(schedule.found == .awaited)
        #expect(begins(at: 1))
        #expect(!begins(at: 1) && schedule.found == .awaited)
        #expect(!isDue(at: 100))
        schedule.ended(isGood: true)
        #expect(schedule.found == .ready && !begins(at: 2))
    }

    @Test func runsAgainWhenItsTimeIsOver() {
        run(at: 1, isGood: true)
        #expect(!isDue(at: 60))
        #expect(isDue(at: 61))
        #expect(schedule.found == .ready, "the old answer is used until the new one is there")
    }

    @Test func usesAnAnswerForTwiceItsTimeWhereItCannotBeRenewed() {
        run(at: 1, isGood: true)
        run(at: 61, isGood: false)
        #expect(schedule.found == .ready)
        #expect(!isDue(at: 65))
        run(at: 66, isGood: false)
        run(at: 121, isGood: false)
        #expect(schedule.found == .unavailable)
        run(at: 126, isGood: true)
        #expect(schedule.found == .ready)
    }

    @Test func runsAFailedCommandAgainAfterAPause() {
        run(at: 1, isGood: false)
        #expect(schedule.found == .unavailable && !begins(at: 2))
        #expect(!isDue(at: 5))
        run(at: 6, isGood: true)
        #expect(schedule.found == .ready)
    }

    @Test func runsAgainSoonWhereTheAnswerIsRefused() {
        run(at: 1, isGood: true)
        schedule.refused()
        #expect(!isDue(at: 5))
        run(at: 6, isGood: true)
        #expect(!isDue(at: 12), "a refusal counts once")
    }

    @Test func leavesACommandAloneThatNobodyNeeds() {
        run(at: 1, isGood: true)
        #expect(!isDue(at: 61, wasUsed: false))
        #expect(schedule.found == .awaited)
        #expect(begins(at: 500))
    }
}
