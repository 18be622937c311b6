import NIOCore
import Testing
import TollbookWire

@Suite struct ResponsesErrorTests {
    @Test func isAnEventOfItsOwnKind() {
        let error = ResponsesError(message: "It \"broke\".", code: "upstream_cut", sequenceNumber: 7)
        #expect(
            String(buffer: error.event())
                == "event: error\ndata: "
                + #"{"type":"error","code":"upstream_cut","message":"It \"broke\".","param":null,"sequence_number":7}"#
                + "\n\n")
    }

    @Test func isReadAsAnError() throws {
        var splitter = SSESplitter()
        splitter.append(ResponsesError(message: "x", code: "y", param: "z", sequenceNumber: 3).event())
        var reader = ResponsesStreamReader()
        let event = try #require(try splitter.next())
        #expect(reader.read(event) == .error && reader.lastSequenceNumber == 3)
    }
}
