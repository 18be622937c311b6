import Foundation
import Testing
import TollbookReports

/// Focus: calendar arithmetic without a formatter agrees with Foundation's.
@Suite struct CivilTimeTests {
    @Test func agreesWithFoundation() {
        let formatter = ISO8601DateFormatter()
        var seed: UInt64 = 20_260_301
        for _ in 0..<5_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // 1900 to 2500
            let seconds = Int64(seed >> 33) * 9 % 18_934_128_000 - 2_208_988_800
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            #expect(CivilTime.text(micros: seconds * 1_000_000, offsetSeconds: 0) == expected)
        }
    }

    @Test func printsMicrosecondsAndOffsets() {
        #expect(CivilTime.text(micros: 0) == "1970-01-01T00:00:00.000000Z")
        #expect(CivilTime.text(micros: -1) == "1969-12-31T23:59:59.999999Z")
        #expect(CivilTime.text(micros: 1_772_323_200_000_001) == "2026-03-01T00:00:00.000001Z")
        #expect(CivilTime.text(micros: 0, offsetSeconds: -12_600) == "1969-12-31T20:30:00-03:30")
        #expect(CivilTime.text(micros: 1_500_000, offsetSeconds: 3_600) == "1970-01-01T01:00:01.500000+01:00")
        #expect(CivilTime(micros: 1_772_323_200_000_000).monthText == "2026-03")
    }

    @Test func survivesTheEndsOfTime() {
        #expect(!CivilTime.text(micros: .max).isEmpty)
        #expect(!CivilTime.text(micros: .min).isEmpty)
        #expect(!CivilTime.text(micros: .max, offsetSeconds: 3_600).isEmpty)
    }
}
