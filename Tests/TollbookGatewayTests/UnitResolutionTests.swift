import Testing
import TollbookCore
import TollbookGateway
import TollbookPolicy

/// Calls that may be charged by units: which of units and tokens counts, and what is assumed where nobody told.
@Suite struct UnitResolutionTests {
    private static func terms(
        _ unit: Meter, asked: Int64, isExact: Bool = false, prices: [Meter: Int64]?
    ) -> AttemptTerms {
        var terms = AttemptTerms(
            estimatedInputTokens: 40, heldOutputTokens: 100,
            prices: prices.map { prices in
                PriceSet(
                    currency: "USD",
                    prices: Dictionary(
                        uniqueKeysWithValues: prices.map { meter, pico in
                            (meter, MeterPrice(id: Int64(meter.rawValue), price: PicoPrice(picoPerUnit: pico)))
                        }))
            })
        terms.unit = UnitTerms(
            meter: unit, asked: asked, isExact: isExact, tokens: (.input, unit == .image ? .outputImage : .output))
        return terms
    }

    private static func evidence(
        _ usage: [Meter: Int64]? = nil, units: Int64? = nil, text: Int64 = 0
    ) -> AttemptEvidence {
        var evidence = AttemptEvidence(wasDispatched: true, sawAnswer: true, usage: usage.map { Usage($0) })
        evidence.unitsSeen = units
        evidence.outputTokensSeen = text
        return evidence
    }

    private static let whole = AttemptEnding.complete(isTerminated: true)

    @Test func imagesOfAnAnswerAreCounted() {
        let terms = Self.terms(.image, asked: 4, prices: [.image: 40_000_000_000])
        let resolution = Resolution(Self.whole, Self.evidence(units: 3), terms)
        #expect(resolution.basis == .counted && resolution.caveat == nil)
        #expect(resolution.charges.map(\.meter) == [.image] && resolution.charges.map(\.quantity) == [3])
        #expect(resolution.charges.first?.source == .counted && resolution.charges.first?.amount?.nano == 120_000_000)
    }

    @Test(arguments: [AttemptEnding.malformed, .broken(.closedMidBody), .clientGone, .errorEvent])
    func anAnswerThatBreaksOffCostsTheImagesAskedFor(_ ending: AttemptEnding) {
        let terms = Self.terms(.image, asked: 4, prices: [.image: 1_000])
        let resolution = Resolution(ending, Self.evidence(units: 1), terms)
        #expect(resolution.charges.map(\.quantity) == [4] && resolution.charges.map(\.source) == [.estimated])
        #expect(resolution.caveat != nil)
    }

    @Test(arguments: [Self.whole, .broken(.closedMidBody), .clientGone])
    func charactersAreExactHoweverTheCallEnds(_ ending: AttemptEnding) {
        let terms = Self.terms(.character, asked: 700, isExact: true, prices: [.character: 1_000])
        let resolution = Resolution(ending, Self.evidence(), terms)
        #expect(resolution.basis == .counted && resolution.charges.map(\.quantity) == [700])
        #expect(resolution.caveat == (ending == .clientGone ? .clientLeftEarly : nil))
    }

    @Test func aRefusedCallCostsNothing() {
        let terms = Self.terms(.character, asked: 700, isExact: true, prices: [.character: 1_000])
        #expect(Resolution(.errorStatus, Self.evidence(), terms).charges.isEmpty)
    }

    @Test func tokensThatAreToldAndPricedCount() {
        let terms = Self.terms(.image, asked: 2, prices: [.image: 9, .input: 1_000, .output: 2_000])
        let resolution = Resolution(Self.whole, Self.evidence([.input: 5, .outputImage: 7], units: 2), terms)
        #expect(resolution.basis == .usage && resolution.charges.map(\.meter) == [.input, .outputImage])
    }

    @Test func tokensWithoutAPriceGiveWayToPricedUnits() {
        let terms = Self.terms(.image, asked: 2, prices: [.image: 9])
        let resolution = Resolution(Self.whole, Self.evidence([.input: 5, .outputImage: 7], units: 2), terms)
        #expect(resolution.basis == .counted && resolution.charges.map(\.meter) == [.image])
    }

    @Test func withoutAnyPriceTheUsageIsKeptAndUnknown() {
        let told = Resolution(
            Self.whole, Self.evidence([.outputImage: 7], units: 2), Self.terms(.image, asked: 2, prices: nil))
        #expect(told.charges.map(\.meter) == [.outputImage] && told.charges.allSatisfy { $0.amount == nil })
        let untold = Resolution(Self.whole, Self.evidence(units: 2), Self.terms(.image, asked: 2, prices: nil))
        #expect(untold.charges.map(\.meter) == [.image] && untold.charges.allSatisfy { $0.amount == nil })
    }

    @Test func pricedTokensThatNobodyToldAreThoseHeld() {
        let terms = Self.terms(.image, asked: 2, prices: [.input: 1_000, .outputImage: 2_000, .output: 2_000])
        let resolution = Resolution(Self.whole, Self.evidence(units: 2), terms)
        #expect(resolution.basis == .seen && resolution.caveat == .usageEstimated)
        #expect(resolution.charges.map(\.quantity) == [40, 100])
        #expect(resolution.charges.map(\.meter) == [.input, .outputImage])
    }

    @Test func aTranscriptsOwnTextCountsInPlaceOfTheHeldTokens() {
        let terms = Self.terms(.audioSecond, asked: 9, prices: [.input: 1_000, .output: 2_000])
        let resolution = Resolution(Self.whole, Self.evidence(text: 12), terms)
        #expect(resolution.charges.map(\.quantity) == [40, 12] && resolution.caveat == .usageEstimated)
    }

    @Test func secondsThatNobodyToldAreThoseOfTheFile() {
        let terms = Self.terms(.audioSecond, asked: 9, prices: [.audioSecond: 1_000])
        let resolution = Resolution(Self.whole, Self.evidence(text: 12), terms)
        #expect(resolution.charges.map(\.meter) == [.audioSecond] && resolution.charges.map(\.quantity) == [9])
        #expect(resolution.caveat == .usageEstimated)
    }

    @Test func nothingSeenPostsTheHold() {
        var evidence = Self.evidence()
        evidence.sawAnswer = false
        let terms = Self.terms(.image, asked: 2, prices: [.image: 1_000])
        let resolution = Resolution(.broken(.firstByteTimeout), evidence, terms)
        #expect(resolution.basis == .hold && resolution.caveat == .holdPosted)
        #expect(resolution.charges.map(\.meter) == [.image] && resolution.charges.map(\.quantity) == [2])
    }

    @Test(arguments: [false, true]) func thePriceOfACallComesOnTop(_ byTokens: Bool) {
        let prices: [Meter: Int64] =
            byTokens ? [.input: 1_000, .output: 2_000, .request: 1] : [.image: 9, .request: 1]
        let usage: [Meter: Int64]? = byTokens ? [.input: 1, .outputImage: 1] : nil
        let terms = Self.terms(.image, asked: 2, prices: prices)
        let resolution = Resolution(Self.whole, Self.evidence(usage, units: 2), terms)
        let expected: [Meter] = byTokens ? [.input, .outputImage, .request] : [.image, .request]
        #expect(resolution.charges.map(\.meter) == expected)
    }

    @Test(arguments: [false, true]) func aCallThatIsPassedThroughIsOneWhereNothingIsTold(_ isPriced: Bool) {
        var prices: [Meter: Int64] = [.input: 1_000, .output: 2_000]
        if isPriced { prices[.request] = 7_000 }
        var terms = Self.terms(.request, asked: 1, prices: prices)
        terms.unit = UnitTerms(meter: .request, asked: 1, isExact: true, tokens: nil)
        let untold = Resolution(Self.whole, Self.evidence(), terms)
        #expect(untold.basis == .counted && untold.caveat == nil)
        #expect(untold.charges.map(\.meter) == [.request] && (untold.charges.first?.amount != nil) == isPriced)
        let told = Resolution(Self.whole, Self.evidence([.input: 5]), terms)
        #expect(told.charges.map(\.meter) == (isPriced ? [.input, .request] : [.input]))
    }
}
