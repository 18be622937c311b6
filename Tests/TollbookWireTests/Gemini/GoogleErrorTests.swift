import Testing
import TollbookWire

/// Errors in Google's form.
@Suite struct GoogleErrorTests {
    private let error = GoogleError(
        code: 402, message: "No \"room\".", status: "FAILED_PRECONDITION", reason: "budget_exhausted",
        details: [.init("limit", .string("1.00")), .init("held", .integer(7)), .init("contact", .null)],
        requestID: "req_1")

    @Test func tellsTheCodeInItsDetails() {
        #expect(
            error.body().text
                == #"{"error":{"code":402,"message":"No \"room\".","status":"FAILED_PRECONDITION","details":["#
                + #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"BUDGET_EXHAUSTED","#
                + #""domain":"tollbook","metadata":{"code":"budget_exhausted","limit":"1.00","held":"7"}},"#
                + #"{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":"req_1"}]}}"#)
    }

    @Test func tellsTheFieldAndWhenToComeAgain() {
        let error = GoogleError(
            code: 429, message: "m", status: "RESOURCE_EXHAUSTED", reason: "budget_held", param: "model",
            retryAfterSeconds: 2)
        #expect(error.body().text.contains(#"RetryInfo","retryDelay":"2s"}"#))
        #expect(error.body().text.contains(#""fieldViolations":[{"field":"model","description":"m"}]"#))
    }

    @Test func isAnEventInAStream() {
        #expect(error.event().text == "data: \(error.body().text)\n\n")
    }
}
