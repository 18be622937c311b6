import Testing
import TollbookCore
import TollbookGateway
import TollbookPolicy

/// Where Cohere's chat is, for callers and at providers.
@Suite struct CohereChatEndpointTests {
    @Test(arguments: [
        ("https://api.cohere.com", "/v2/chat"), ("https://api.cohere.com/v2/", "/v2/chat"),
        // A chat of version 1 is another one.
        ("https://api.cohere.com/v1", "/v2/chat"), ("http://h/cohere", "/cohere/v2/chat"),
    ])
    func isAtVersionTwo(_ url: String, _ path: String) {
        #expect(UpstreamEndpoint(baseURL: url)?.path(of: .cohereChat, model: "command") == path)
    }

    @Test func isCalledWithPost() {
        #expect(FrontTarget(method: "POST", path: "/v2/chat") == .call(.cohereChat))
        #expect(FrontTarget(method: "GET", path: "/v2/chat") == .methodNotAllowed(allow: "POST"))
        #expect(FrontTarget(method: "POST", path: "/v1/chat") == .notFound)
    }

    @Test func isServedByCohereAlone() {
        let native = ProviderDialect.allCases.filter { $0.service(of: .cohereChat) != nil }
        #expect(native == [.cohere, .simulated])
        for endpoint in [Endpoint.chatCompletions, .messages, .responses, .generateContent, .converseStream] {
            #expect(ProviderDialect.cohere.service(of: endpoint) == .translated(.cohereChat))
        }
        #expect(ProviderDialect.cohere.service(of: .countTokens) == .estimated)
        #expect(ProviderDialect.cohere.service(of: .embeddings) == .translated(.cohereEmbed))
        #expect(ProviderDialect.cohere.service(of: .moderations) == nil)
        #expect(ProviderDialect.cohere.service(of: .rerankV2) == .native)
    }
}
