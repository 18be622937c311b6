import Testing
import TollbookCore
import TollbookGateway

@Suite struct UpstreamEndpointTests {
    @Test func readsHostPortAndPath() {
        let endpoint = UpstreamEndpoint(baseURL: "https://eu.api.openai.com/v1/")
        #expect(endpoint?.usesTLS == true && endpoint?.host == "eu.api.openai.com")
        #expect(endpoint?.port == 443 && endpoint?.path == "/v1")
    }

    @Test func readsAddressesInBrackets() {
        let endpoint = UpstreamEndpoint(baseURL: "http://[::1]:8000")
        #expect(endpoint?.host == "::1" && endpoint?.port == 8_000 && endpoint?.authority == "[::1]:8000")
    }

    @Test(arguments: [
        "", "ftp://x", "http://", "http://user@x", "http://x:0", "http://x:65536", "http://x/a b", "http://x/?q=1",
        "http://x\r\nhost: y",
    ])
    func refusesOtherURLs(_ url: String) {
        #expect(UpstreamEndpoint(baseURL: url) == nil)
    }

    @Test func showsNoSecret() {
        let secret = CredentialSecret(text: " sk-visible\n")
        #expect(secret != nil)
        #expect(!"\(String(describing: secret)) \(String(reflecting: secret))".contains("visible"))
    }

    @Test(arguments: ["", " \n", "two\nlines", "tab\tinside"])
    func refusesWhatIsNoCredential(_ text: String) {
        #expect(CredentialSecret(text: text) == nil)
    }

    @Test(arguments: ["https://api.anthropic.com", "https://api.anthropic.com/", "https://api.anthropic.com/v1"])
    func putsAnthropicsVersionIntoThePathOnce(_ url: String) {
        let endpoint = UpstreamEndpoint(baseURL: url)
        #expect(endpoint?.path(of: .messages, model: "m") == "/v1/messages")
        #expect(endpoint?.path(of: .countTokens, model: "m") == "/v1/messages/count_tokens")
    }

    @Test func putsBedrocksModelIntoThePath() {
        let model = "eu.anthropic.claude-v1:0"
        for (url, prefix) in [("https://h", ""), ("http://h/v1", ""), ("http://h/aws", "/aws")] {
            let endpoint = UpstreamEndpoint(baseURL: url)
            #expect(
                endpoint?.path(of: .converse, model: model) == "\(prefix)/model/eu.anthropic.claude-v1%3A0/converse")
            #expect(
                endpoint?.path(of: .converseStream, model: "a/b") == "\(prefix)/model/a%2Fb/converse-stream")
        }
    }

    @Test func keepsAProxysPath() {
        #expect(UpstreamEndpoint(baseURL: "http://p/claude")?.path(of: .messages, model: "m") == "/claude/v1/messages")
        #expect(
            UpstreamEndpoint(baseURL: "http://p/v1")?.path(of: .chatCompletions, model: "m") == "/v1/chat/completions")
        #expect(UpstreamEndpoint(baseURL: "http://p")?.path(of: .chatCompletions, model: "m") == "/chat/completions")
    }
}
