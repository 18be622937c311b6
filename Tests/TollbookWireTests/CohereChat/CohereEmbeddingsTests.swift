import Foundation
import NIOCore
import Testing
import TollbookWire

/// OpenAI's embeddings calls as Cohere takes them, and its answers.
struct CohereEmbeddingsTests {
    private static func request(_ body: String) throws -> TranslatedRequest {
        try CohereEmbeddings.request(JSONView(ByteBuffer(string: body)), model: "served")
    }

    @Test(arguments: [
        (
            #"{"model":"a","input":"x"}"#,
            #"{"model":"served","input_type":"search_document","texts":["x"],"embedding_types":["float"],"#
                + #""truncate":"NONE"}"#, []
        ),
        (
            #"{"model":"a","input":["x","y"],"dimensions":256,"encoding_format":"base64","user":"u","new":1,"#
                + #""input_type":"search_query"}"#,
            #"{"model":"served","input_type":"search_query","texts":["x","y"],"output_dimension":256,"#
                + #""embedding_types":["base64"],"truncate":"NONE"}"#, ["user", "new"]
        ),
    ])
    func bringsRequestsOver(_ body: String, _ expected: String, _ dropped: [String]) throws {
        let request = try Self.request(body)
        expectJSON(request.body, expected)
        #expect(request.notes.dropped.names == dropped && !request.streams)
    }

    @Test(arguments: [
        #"{"model":"a"}"#, #"{"model":"a","input":[1,2]}"#, #"{"model":"a","input":[["x"]]}"#,
        #"{"model":"a","input":"x","dimensions":"256"}"#, #"{"model":"a","input":"x","input_type":1}"#,
    ])
    func refusesWhatIsNoText(_ body: String) {
        #expect(throws: WireError.self) { try Self.request(body) }
    }

    @Test(arguments: [
        (
            #"{"id":"e","embeddings":{"float":[[0.5,-1],[2e-3]]},"meta":{"billed_units":{"input_tokens":9}}}"#,
            #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]},{"object":"embedding","#
                + #""index":1,"embedding":[2e-3]}],"model":"asked","usage":{"prompt_tokens":9,"total_tokens":9}}"#
        ),
        (
            #"{"id":"e","embeddings":{"base64":["AAAA"]}}"#,
            #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAA"}],"model":"asked"}"#
        ),
    ])
    func bringsAnswersOver(_ body: String, _ expected: String) throws {
        expectJSON(try CohereEmbeddings.answer(ByteBuffer(string: body), model: "asked"), expected)
    }

    @Test(arguments: ["[]", "{", #"{"embeddings":[[1]]}"#, #"{"embeddings":{"int8":[[1]]}}"#])
    func refusesAnswersWithoutVectors(_ body: String) {
        #expect(throws: AnswerTranslationError.self) {
            try CohereEmbeddings.answer(ByteBuffer(string: body), model: "asked")
        }
    }
}
