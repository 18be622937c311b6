import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Error bodies and events.
@Suite struct OpenAIErrorTests {
    @Test func writesTheFourMembersAlways() {
        let error = OpenAIError(message: "no \"such\" route\n", type: "not_found")
        #expect(
            error.body().text
                == #"{"error":{"message":"no \"such\" route\n","type":"not_found","param":null,"code":null}}"#
        )
    }

    @Test func writesDetailsInOrder() {
        let error = OpenAIError(
            message: "m", type: "t", param: "p", code: "budget_exhausted",
            details: [
                .init("scope", .string("project/a")), .init("held_nano", .integer(-5)), .init("hard", .bool(true)),
                .init("contact", .null),
            ])
        let expected =
            #"{"error":{"message":"m","type":"t","param":"p","code":"budget_exhausted","#
            + #""scope":"project/a","held_nano":-5,"hard":true,"contact":null}}"#
        #expect(error.body().text == expected)
        #expect(error.event().text == "data: \(expected)\n\n")
    }

    @Test func eventIsReadBackAsOneErrorWhateverTheMessage() throws {
        let scalars = (0...0x300).compactMap(UnicodeScalar.init)
        let message = String(String.UnicodeScalarView(scalars)) + "\u{2028}\u{2029}😀"
        let error = OpenAIError(message: message, type: "t")
        var splitter = SSESplitter()
        splitter.append(error.event())
        let next = try splitter.next()
        let event = try #require(next)
        #expect(splitter.pendingBytes == 0)
        var reader = ChatStreamReader()
        #expect(reader.read(event) == .error)
        let object = try JSONSerialization.jsonObject(with: Data(error.body().array)) as? [String: [String: Any]]
        #expect(object?["error"]?["message"] as? String == message)
    }

    @Test func tellsWhatIsWrongWithABody() throws {
        let error = OpenAIError(WireError(.duplicateField, at: 9, field: "model"))
        #expect(error.code == "duplicate_field" && error.param == "model" && error.type == "invalid_request_error")
    }
}
