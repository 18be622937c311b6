import Testing
import TollbookGateway

// Focus: when a service account's token is fetched, renewed and given up, by the second.
@Suite final class TokenScheduleTests {
    private var schedule = TokenSchedule()

    private func nanos(_ seconds: Double) -> UInt64 { UInt64(seconds * 1_000_000_000) }

    private func begins(at second: Double) -> Bool {
        schedule.begin(nowNanos: nanos(second))
    }

    private func isDue(at second: Double, wasUsed: Bool = true) -> Bool {
        schedule.beginIfDue(nowNanos: nanos(second), wasUsed: wasUsed)
    }

    /// The first token, asked for at a second.
    private func fetch(at second: Double, lifetime: Int64) {
        #expect(begins(at: second))
        schedule.ended(lifetimeSeconds: lifetime)
    }

    @Test func isFetchedOnceForAllWhoAwaitIt() {
        #expect(schedule.found == .awaited)
        #expect(begins(at: 1) && !begins(at: 1))
        #expect(schedule.found == .awaited && !isDue(at: 100))
        schedule.ended(lifetimeSeconds: 3_600)
        #expect(schedule.found == .ready && !begins(at: 2))
    }

    @Test func isRenewedFiveMinutesBeforeItsEnd() {
        fetch(at: 10, lifetime: 3_600)
        #expect(!isDue(at: 3_309))
        #expect(isDue(at: 3_310))
        #expect(schedule.found == .ready, "the old token is used until the new one is there")
        schedule.ended(lifetimeSeconds: 3_600)
        #expect(!isDue(at: 6_609) && isDue(at: 6_610))
    }

    @Test func aShortTokenIsRenewedWhenAFifthOfItIsLeft() {
        fetch(at: 10, lifetime: 10)
        #expect(!isDue(at: 17.9) && isDue(at: 18))
    }

    @Test func isUsedToItsEndWhateverBecomesOfItsRenewal() {
        fetch(at: 10, lifetime: 3_600)
        #expect(isDue(at: 3_310))
        schedule.failed(nowNanos: nanos(3_311))
        #expect(!isDue(at: 3_311.9) && isDue(at: 3_312))
        schedule.failed(nowNanos: nanos(3_579))
        #expect(!isDue(at: 3_579.9) && schedule.found == .ready)
        #expect(!isDue(at: 3_580) && schedule.found == .unavailable, "nobody waits for what fails")
        #expect(!begins(at: 3_580))
        #expect(isDue(at: 3_581))
        #expect(schedule.found == .awaited)
        schedule.ended(lifetimeSeconds: 3_600)
        #expect(schedule.found == .ready)
    }

    @Test func triesAgainAfterTwiceAsLongEachTimeUpToAMinute() {
        #expect(begins(at: 0))
        var now = 0.0
        for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] as [Double] {
            schedule.failed(nowNanos: nanos(now))
            #expect(schedule.found == .unavailable)
            #expect(!isDue(at: now + pause - 0.1) && isDue(at: now + pause))
            now += pause
        }
        schedule.ended(lifetimeSeconds: 100)
        #expect(isDue(at: now + 80))
        schedule.failed(nowNanos: nanos(now + 80))
        #expect(isDue(at: now + 81), "a token that came ends the count")
    }

    @Test func isLeftAloneWhileNobodyNeedsIt() {
        fetch(at: 10, lifetime: 100)
        #expect(!isDue(at: 90, wasUsed: false) && schedule.found == .ready)
        #expect(!isDue(at: 100, wasUsed: false) && schedule.found == .awaited)
        #expect(begins(at: 5_000))
    }

    @Test func aTokenThatIsRefusedIsRenewedSoonButNotAllTheTime() {
        fetch(at: 10, lifetime: 3_600)
        schedule.refused()
        #expect(!isDue(at: 14.9) && isDue(at: 15, wasUsed: false))
        schedule.ended(lifetimeSeconds: 3_600)
        schedule.refused()
        #expect(!isDue(at: 19.9) && isDue(at: 20))
    }

    @Test func aNewKeyIsTriedAtOnce() {
        fetch(at: 10, lifetime: 3_600)
        schedule.keyChanged()
        #expect(schedule.found == .ready && isDue(at: 11, wasUsed: false))
        schedule.failed(nowNanos: nanos(12))
        schedule.keyChanged()
        #expect(isDue(at: 12))
    }

    @Test func aNewKeyWakesNobodyWhoAskedForNothing() {
        schedule.keyChanged()
        #expect(schedule.found == .awaited && !isDue(at: 1) && begins(at: 1))
    }
}
