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

    @Test func namesGeminisModelInThePath() {
        let endpoint = UpstreamEndpoint(baseURL: "https://generativelanguage.googleapis.com")
        #expect(endpoint?.path(of: .generateContent, model: "m-1") == "/v1beta/models/m-1:generateContent")
        #expect(endpoint?.path(of: .geminiCountTokens, model: "models/a b:c") == "/v1beta/models/a%20b%3Ac:countTokens")
        #expect(endpoint?.path(of: .embedContent, model: "tunedModels/é") == "/v1beta/tunedModels/%C3%A9:embedContent")
        for version in ["v1", "v1beta", "v1alpha"] {
            let endpoint = UpstreamEndpoint(baseURL: "http://p/\(version)/")
            #expect(
                endpoint?.path(of: .streamGenerateContent, model: "m") == "/\(version)/models/m:streamGenerateContent")
        }
    }

    @Test func namesVertexsModelBelowItsProjectAndLocation() {
        let base = "/v1/projects/p-1/locations/europe-west4"
        let endpoint = UpstreamEndpoint(baseURL: "https://europe-west4-aiplatform.googleapis.com\(base)/")
        #expect(
            endpoint?.path(of: .generateContent, model: "gemini-2.5-pro")
                == "\(base)/publishers/google/models/gemini-2.5-pro:generateContent")
        #expect(
            endpoint?.path(of: .streamGenerateContent, model: "endpoints/77")
                == "\(base)/endpoints/77:streamGenerateContent")
        #expect(
            endpoint?.modelResource("m") == "projects/p-1/locations/europe-west4/publishers/google/models/m")
        #expect(UpstreamEndpoint(baseURL: "https://g")?.modelResource("m") == "models/m")
    }

    @Test func putsBedrocksModelIntoThePath() {
        let model = "eu.anthropic.claude-v1:0"
        for (url, prefix) in [("https://h", ""), ("http://h/v1", ""), ("http://h/aws", "/aws")] {
            let endpoint = UpstreamEndpoint(baseURL: url)
            #expect(
                endpoint?.path(of: .converse, model: model) == "\(prefix)/model/eu.anthropic.claude-v1%3A0/converse")
            #expect(
                endpoint?.path(of: .converseStream, model: "a/b") == "\(prefix)/model/a%2Fb/converse-stream")
            // Tokens are counted for foundation models alone.
            for (name, counted) in [
                (model, "anthropic.claude-v1%3A0"), ("us-gov.amazon.nova-pro-v1:0", "amazon.nova-pro-v1%3A0"),
                ("amazon.nova-pro-v1:0", "amazon.nova-pro-v1%3A0"), ("eu.custom", "eu.custom"), ("a/b", "a%2Fb"),
            ] {
                #expect(
                    endpoint?.path(of: .converseCountTokens, model: name) == "\(prefix)/model/\(counted)/count-tokens")
            }
        }
    }

    @Test func keepsAProxysPath() {
        #expect(UpstreamEndpoint(baseURL: "http://p/claude")?.path(of: .messages, model: "m") == "/claude/v1/messages")
        #expect(
            UpstreamEndpoint(baseURL: "http://p/v1")?.path(of: .chatCompletions, model: "m") == "/v1/chat/completions")
        #expect(UpstreamEndpoint(baseURL: "http://p")?.path(of: .chatCompletions, model: "m") == "/chat/completions")
    }
}
