import Testing
import TollbookGateway

@Suite struct CallStateMachineTests {
    @Test func runsFromOpeningToItsEnd() {
        var machine = CallStateMachine()
        let opened = machine.opened()
        #expect(opened == .attempt)
        machine.dispatched()
        machine.headArrived()
        let isSettling = machine.settling()
        #expect(isSettling)
        machine.finished()
        #expect(machine.phase == .finished)
    }

    @Test func voidsACallThatWasStoppedWhileItWasOpened() {
        var machine = CallStateMachine()
        let action = machine.stopped(.clientGone)
        #expect(action == .settleOnceOpened)
        let opened = machine.opened()
        #expect(opened == .settleUnused(.clientGone))
    }

    @Test func keepsTheFirstOfTwoStops() {
        var machine = CallStateMachine()
        let firstAction = machine.stopped(.openTimeout)
        #expect(firstAction == .settleOnceOpened)
        let secondAction = machine.stopped(.clientGone)
        #expect(secondAction == .settleOnceOpened)
        #expect(machine.stop == .openTimeout)
    }

    @Test func stopsAnAttemptThatRuns() {
        var machine = CallStateMachine()
        _ = machine.opened()
        machine.dispatched()
        let action = machine.stopped(.shutdown)
        #expect(action == .stopAttemptAndSettle)
    }

    @Test func dispatchesAgainWhatItsProviderHasNotRead() {
        var machine = CallStateMachine()
        _ = machine.opened()
        machine.dispatched()
        machine.tookBack()
        #expect(machine.phase == .connecting)
        let action = machine.stopped(.clientGone)
        #expect(action == .stopAttemptAndSettle)
        machine.dispatched()
        machine.headArrived()
        #expect(machine.phase == .answering)
    }

    @Test func letsASettlementOutliveItsClient() {
        var machine = CallStateMachine()
        _ = machine.opened()
        let isSettling = machine.settling()
        #expect(isSettling)
        let action = machine.stopped(.clientGone)
        #expect(action == .nothing)
        #expect(machine.stop == nil)
    }

    @Test func settlesOnce() {
        var machine = CallStateMachine()
        _ = machine.opened()
        let settlesFirst = machine.settling()
        #expect(settlesFirst)
        let settlesAgain = machine.settling()
        #expect(!settlesAgain)
    }

    @Test func isOpenedAfterItWaited() {
        var machine = CallStateMachine()
        machine.waits()
        let isSettling = machine.settling()
        #expect(!isSettling && machine.phase == .waiting)
        machine.resumes()
        let opened = machine.opened()
        #expect(opened == .attempt)
    }

    @Test func voidsACallThatWasStoppedWhileItWaited() {
        var machine = CallStateMachine()
        machine.waits()
        let action = machine.stopped(.clientGone)
        #expect(action == .leaveQueue)
        let again = machine.stopped(.shutdown)
        #expect(again == .nothing)
        machine.resumes()
        let opened = machine.opened()
        #expect(opened == .settleUnused(.clientGone))
    }
}
