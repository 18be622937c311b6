import Testing
import TollbookCore
import TollbookGateway

@Suite struct AzurePathsTests {
    private static func path(
        _ url: String, _ version: String?, _ endpoint: Endpoint = .chatCompletions, model: String = "gpt-4o"
    ) throws -> String {
        AzurePaths(try #require(UpstreamEndpoint(baseURL: url)), apiVersion: version).path(of: endpoint, model: model)
    }

    @Test(arguments: [
        "https://r.openai.azure.com", "https://r.openai.azure.com/", "https://r.openai.azure.com/openai",
    ])
    func namesTheDeploymentWhereAVersionIsAskedFor(_ url: String) throws {
        let named = "/openai/deployments/gpt-4o"
        #expect(try Self.path(url, "2024-10-21") == "\(named)/chat/completions?api-version=2024-10-21")
        #expect(try Self.path(url, "2024-10-21", .embeddings) == "\(named)/embeddings?api-version=2024-10-21")
        #expect(try Self.path(url, "2024-10-21", .completions) == "\(named)/completions?api-version=2024-10-21")
    }

    @Test(arguments: [
        "https://r.openai.azure.com", "https://r.openai.azure.com/openai", "https://r.openai.azure.com/openai/v1/",
    ])
    func takesTheNewerPathsWithoutAVersion(_ url: String) throws {
        #expect(try Self.path(url, nil) == "/openai/v1/chat/completions")
    }

    @Test func keepsTheNewerPathsThatTheAddressHas() throws {
        let url = "https://r.openai.azure.com/openai/v1"
        #expect(try Self.path(url, "preview") == "/openai/v1/chat/completions?api-version=preview")
    }

    @Test func responsesNameNoDeployment() throws {
        let url = "https://r.openai.azure.com"
        #expect(
            try Self.path(url, "2025-04-01-preview", .responses) == "/openai/responses?api-version=2025-04-01-preview")
        #expect(
            try Self.path(url, "2025-04-01-preview", .responsesInputTokens)
                == "/openai/responses/input_tokens?api-version=2025-04-01-preview")
        #expect(try Self.path(url, nil, .responses) == "/openai/v1/responses")
    }

    @Test func keepsAGatewaysPathAndEscapesTheDeployment() throws {
        #expect(
            try Self.path("http://p/azure", "2024-10-21", model: "a b/c?é")
                == "/azure/openai/deployments/a%20b%2Fc%3F%C3%A9/chat/completions?api-version=2024-10-21")
    }
}
