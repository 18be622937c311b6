import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of requests for moderations, images and speech.
@Suite struct MediaRequestTests {
    private static func scan(_ body: String, _ size: Int = 0, form: RequestForm) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: form)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    @Test func countsTheCharactersToSpeakNotTheirBytes() throws {
        let body = #"{"input":"aé\u6f22\ud83d\ude00\n","model":"m","voice":"alloy","instructions":"slow"}"#
        for size in 0...20 {
            let scan = try Self.scan(body, size, form: .speech)
            #expect(scan.units == 5 && scan.outputTokenLimit == 5 + 3 + 32 && !scan.stream)
            // The text's twelve bytes, and the instructions'.
            #expect(scan.prompt.textBytes >= 11 + 4)
        }
    }

    @Test(arguments: [("sse", true), ("audio", false)]) func speechIsAStreamOfEventsIfAskedFor(
        _ format: String, _ expected: Bool
    ) throws {
        let body = #"{"model":"m","input":"a","stream_format":"\#(format)"}"#
        #expect(try Self.scan(body, form: .speech).stream == expected)
    }

    @Test(arguments: [
        (#"{"model":"m","input":["a"]}"#, "invalid_field"), (#"{"model":"m","input":7}"#, "invalid_field"),
        (#"{"model":"m","input":"a","Input":"b"}"#, "duplicate_field"), (#"{"input":"a"}"#, "missing_field"),
    ]) func speechIsOneText(_ body: String, _ code: String) {
        #expect(throws: WireError.self) { try Self.scan(body, form: .speech) }
        do { _ = try Self.scan(body, form: .speech) } catch { #expect(error.code.rawValue == code) }
    }

    @Test(arguments: [(#"{"model":"m","prompt":"x"}"#, 1), (#"{"model":"m","n":4,"prompt":"x"}"#, 4)])
    func aHoldCoversEveryImage(_ body: String, _ images: Int) throws {
        let scan = try Self.scan(body, form: .images)
        #expect(scan.units == images && scan.choices == images && scan.outputTokenLimit == 6_240)
    }
}
