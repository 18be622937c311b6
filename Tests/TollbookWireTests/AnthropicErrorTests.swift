import Testing
import TollbookWire

/// Errors in Anthropic's form.
@Suite struct AnthropicErrorTests {
    private let error = AnthropicError(
        message: "No \"room\".", type: "billing_error", code: "budget_exhausted", param: nil,
        details: [.init("limit", .string("1.00"))], requestID: "req_1")

    @Test func tellsTypeMessageAndRequest() {
        #expect(
            error.body().text
                == #"{"type":"error","error":{"type":"billing_error","message":"No \"room\".","#
                + #""code":"budget_exhausted","limit":"1.00"},"request_id":"req_1"}"#)
    }

    @Test func isAnEventOfItsNameInAStream() {
        let text = error.event().text
        #expect(text == "event: error\ndata: \(error.body().text)\n\n")
    }

    @Test func tellsTheFieldAndNoRequestWhereThereIsNone() {
        let error = AnthropicError(message: "m", type: "t", code: "c", param: "max_tokens")
        #expect(
            error.body().text
                == #"{"type":"error","error":{"type":"t","message":"m","code":"c","param":"max_tokens"},"#
                + #""request_id":null}"#
        )
    }
}
