import Testing
import TollbookCore
import TollbookGateway
import TollbookPolicy

/// The rule on holds, line by line: what is charged, how the request ended, and which caveat it carries.
@Suite struct ResolutionTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let ending: AttemptEnding
        var wasDispatched = true
        var isRequestWhole = true
        var sawAnswer = false
        var usage: Usage?
        let basis: Resolution.Basis
        let endReason: EndReason
        var caveat: Caveat?
    }

    private static let reported = Usage([.input: 11, .output: 7])

    static let lines: [Line] = [
        Line(
            testDescription: "whole answer with usage", ending: .complete(isTerminated: true), sawAnswer: true,
            usage: reported, basis: .usage, endReason: .completed),
        Line(
            testDescription: "whole answer without usage", ending: .complete(isTerminated: true), sawAnswer: true,
            basis: .seen, endReason: .completed, caveat: .usageEstimated),
        Line(
            testDescription: "stream without its terminal event", ending: .complete(isTerminated: false),
            sawAnswer: true, usage: reported, basis: .usage, endReason: .completed, caveat: .noTerminalEvent),
        Line(testDescription: "error status", ending: .errorStatus, basis: .none, endReason: .error),
        Line(
            testDescription: "error status with usage", ending: .errorStatus, usage: reported, basis: .usage,
            endReason: .error),
        Line(testDescription: "error event in place of content", ending: .errorEvent, basis: .none, endReason: .error),
        Line(
            testDescription: "error event after content", ending: .errorEvent, sawAnswer: true, basis: .seen,
            endReason: .error, caveat: .usageEstimated),
        Line(
            testDescription: "malformed", ending: .malformed, sawAnswer: true, basis: .seen, endReason: .error,
            caveat: .answerMalformed),
        Line(
            testDescription: "cut after content", ending: .broken(.closedMidBody), sawAnswer: true, basis: .seen,
            endReason: .upstreamCut, caveat: .usageEstimated),
        Line(
            testDescription: "cut after usage", ending: .broken(.closedMidBody), sawAnswer: true, usage: reported,
            basis: .usage, endReason: .upstreamCut),
        Line(
            testDescription: "timeout with nothing seen", ending: .broken(.firstByteTimeout), basis: .hold,
            endReason: .error, caveat: .holdPosted),
        Line(
            testDescription: "stream that ended with nothing in it", ending: .empty, basis: .seen, endReason: .error,
            caveat: .usageEstimated),
        Line(
            testDescription: "client gone after content", ending: .clientGone, sawAnswer: true, basis: .seen,
            endReason: .clientGone, caveat: .clientLeftEarly),
        Line(
            testDescription: "client gone with nothing seen", ending: .clientGone, basis: .hold,
            endReason: .clientGone, caveat: .holdPosted),
        Line(
            testDescription: "client gone before the dispatch", ending: .clientGone, wasDispatched: false,
            basis: .none, endReason: .clientGone),
        Line(
            testDescription: "client gone within its request", ending: .clientGone, isRequestWhole: false, basis: .none,
            endReason: .clientGone, caveat: .uploadIncomplete),
        Line(
            testDescription: "cut within the request", ending: .broken(.uploadTimeout), isRequestWhole: false,
            basis: .none, endReason: .error, caveat: .uploadIncomplete),
        Line(
            testDescription: "refused within the request", ending: .errorStatus, isRequestWhole: false, basis: .none,
            endReason: .error, caveat: .uploadIncomplete),
        Line(
            testDescription: "cut within the request after content", ending: .broken(.requestBroken),
            isRequestWhole: false, sawAnswer: true, basis: .seen, endReason: .upstreamCut, caveat: .usageEstimated),
        Line(
            testDescription: "shutdown within the request", ending: .shutdown, isRequestWhole: false, basis: .none,
            endReason: .error, caveat: .shutdown),
        Line(
            testDescription: "shutdown after content", ending: .shutdown, sawAnswer: true, basis: .seen,
            endReason: .error, caveat: .shutdown),
        Line(
            testDescription: "shutdown before the dispatch", ending: .shutdown, wasDispatched: false, basis: .none,
            endReason: .error, caveat: .shutdown),
    ]

    private let terms = AttemptTerms(
        estimatedInputTokens: 40, heldOutputTokens: 100,
        prices: PriceSet(
            currency: "USD",
            prices: [
                .input: MeterPrice(id: 1, price: PicoPrice(picoPerUnit: 1_000_000)),
                .output: MeterPrice(id: 2, price: PicoPrice(picoPerUnit: 2_000_000)),
            ]))

    @Test(arguments: lines) func resolves(_ line: Line) {
        var evidence = AttemptEvidence(
            wasDispatched: line.wasDispatched, sawAnswer: line.sawAnswer, usage: line.usage)
        evidence.outputTokensSeen = 5
        evidence.isRequestWhole = line.isRequestWhole
        let resolution = Resolution(line.ending, evidence, terms)
        #expect(resolution.basis == line.basis)
        #expect(resolution.endReason == line.endReason)
        #expect(resolution.caveat == line.caveat)
        let expected: [Int64] =
            switch line.basis {
            case .none, .counted: []
            case .usage: [11, 7]
            case .seen: [40, 5]
            case .hold: [40, 100]
            }
        #expect(resolution.charges.map(\.quantity) == expected)
        let source: UsageSource = line.basis == .usage ? .provider : .estimated
        #expect(resolution.charges.allSatisfy { $0.source == source })
    }

    @Test func postsTheWholeHoldWhenNothingWasSeen() {
        let evidence = AttemptEvidence(wasDispatched: true, sawAnswer: false)
        let resolution = Resolution(.broken(.firstByteTimeout), evidence, terms)
        #expect(resolution.charges.compactMap(\.amount?.nano) == [40_000, 200_000])
    }

    @Test func keepsThePromptsReportedNumbersWhenTheAnswerBrokeOff() {
        var evidence = AttemptEvidence(wasDispatched: true, sawAnswer: true)
        evidence.promptUsage = Usage([.input: 11, .cacheRead: 3])
        evidence.outputTokensSeen = 5
        let resolution = Resolution(.broken(.closedMidBody), evidence, terms)
        #expect(resolution.basis == .seen && resolution.caveat == .usageEstimated)
        #expect(resolution.charges.map(\.meter) == [.input, .cacheRead, .output])
        #expect(resolution.charges.map(\.quantity) == [11, 3, 5])
        #expect(resolution.charges.map(\.source) == [.provider, .provider, .estimated])
    }

    @Test(arguments: [
        AttemptEnding.complete(isTerminated: true), .errorStatus, .malformed, .broken(.totalTimeout), .clientGone,
        .shutdown,
    ]) func chargesNothingForAFreeEndpoint(_ ending: AttemptEnding) {
        var terms = terms
        terms.isCharged = false
        let evidence = AttemptEvidence(wasDispatched: true, sawAnswer: true, usage: Usage([.input: 9]))
        let resolution = Resolution(ending, evidence, terms)
        #expect(resolution.basis == .none && resolution.charges.isEmpty)
        #expect(resolution.caveat != .holdPosted && resolution.caveat != .usageEstimated)
    }

    @Test func tellsOfUncountedUsageFirst() {
        var evidence = AttemptEvidence(wasDispatched: true, sawAnswer: true, usage: Usage([.output: 1]))
        evidence.hasUncountedUsage = true
        evidence.isUsageInconsistent = true
        #expect(Resolution(.complete(isTerminated: true), evidence, terms).caveat == .usageUncounted)
    }

    @Test func tellsOfInconsistentUsageBeforeItsForm() {
        var evidence = AttemptEvidence(wasDispatched: true, sawAnswer: true, usage: Usage([.output: 1]))
        evidence.isUsageInconsistent = true
        evidence.hasMalformedParts = true
        #expect(Resolution(.complete(isTerminated: false), evidence, terms).caveat == .usageInconsistent)
    }
}
