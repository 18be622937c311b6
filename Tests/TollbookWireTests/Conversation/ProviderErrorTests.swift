import Foundation
import NIOCore
import Testing
import TollbookWire

/// Errors from one dialect to the other, so that SDKs raise the class that they would at their own provider.
struct ProviderErrorTests {
    /// Status and body as a provider sends them; kind; status and type at Anthropic; status, type and code at OpenAI.
    struct Case: Sendable, CustomStringConvertible {
        let status: Int
        let body: String
        let kind: ProviderError.Kind
        let anthropic: (Int, String)
        let openAI: (Int, String, String?)

        var description: String { "\(status) \(kind.rawValue)" }
    }

    static let cases = [
        Case(
            status: 529, body: #"{"type":"error","error":{"type":"overloaded_error","message":"M"}}"#,
            kind: .overloaded,
            anthropic: (529, "overloaded_error"), openAI: (503, "server_error", nil)),
        Case(
            status: 429, body: #"{"type":"error","error":{"type":"rate_limit_error","message":"M"}}"#,
            kind: .rateLimited,
            anthropic: (429, "rate_limit_error"), openAI: (429, "requests", "rate_limit_exceeded")),
        Case(
            status: 429, body: #"{"error":{"message":"M","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            kind: .billing, anthropic: (402, "billing_error"), openAI: (429, "insufficient_quota", "insufficient_quota")
        ),
        Case(
            status: 400,
            body: #"{"error":{"message":"M","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            kind: .contextTooLong, anthropic: (400, "invalid_request_error"),
            openAI: (400, "invalid_request_error", "context_length_exceeded")),
        Case(
            status: 400,
            body: #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}"#,
            kind: .contextTooLong, anthropic: (400, "invalid_request_error"),
            openAI: (400, "invalid_request_error", "context_length_exceeded")),
        Case(
            status: 401, body: #"{"error":{"message":"M","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            kind: .authentication, anthropic: (401, "authentication_error"),
            openAI: (401, "invalid_request_error", "invalid_api_key")),
        Case(
            status: 401, body: #"{"error":"Unauthorized"}"#, kind: .authentication,
            anthropic: (401, "authentication_error"), openAI: (401, "invalid_request_error", "invalid_api_key")),
        Case(
            status: 403, body: #"{"type":"error","error":{"type":"permission_error","message":"M"}}"#,
            kind: .permission,
            anthropic: (403, "permission_error"), openAI: (403, "invalid_request_error", nil)),
        Case(
            status: 403, body: #"{"error":{"message":"M","type":"x","code":"content_policy_violation"}}"#,
            kind: .permission, anthropic: (403, "permission_error"),
            openAI: (403, "invalid_request_error", "content_policy_violation")),
        Case(
            status: 404, body: #"{"error":{"message":"M","type":"invalid_request_error","code":"model_not_found"}}"#,
            kind: .notFound, anthropic: (404, "not_found_error"),
            openAI: (404, "invalid_request_error", "model_not_found")),
        Case(
            status: 413, body: #"{"type":"error","error":{"type":"request_too_large","message":"M"}}"#, kind: .tooLarge,
            anthropic: (413, "invalid_request_error"), openAI: (413, "invalid_request_error", nil)),
        Case(
            status: 500, body: "<html>oops</html>", kind: .server, anthropic: (500, "api_error"),
            openAI: (500, "server_error", nil)),
        Case(
            status: 502, body: "", kind: .server, anthropic: (502, "api_error"), openAI: (502, "server_error", nil)),
        Case(
            status: 504, body: #"{"type":"error","error":{"type":"timeout_error","message":"M"}}"#, kind: .timeout,
            anthropic: (504, "timeout_error"), openAI: (504, "server_error", nil)),
        Case(
            status: 400,
            body: #"{"error":{"message":"M","type":null,"param":"prompt","code":"content_filter","status":400}}"#,
            kind: .contentFiltered, anthropic: (400, "invalid_request_error"),
            openAI: (400, "invalid_request_error", "content_filter")),
        Case(
            status: 503, body: #"{"object":"error","message":"M","type":"invalid_request_error","code":null}"#,
            kind: .overloaded, anthropic: (529, "overloaded_error"), openAI: (503, "server_error", nil)),
        Case(
            status: 429, body: #"[{"error":{"code":429,"message":"M","status":"RESOURCE_EXHAUSTED"}}]"#,
            kind: .rateLimited,
            anthropic: (429, "rate_limit_error"), openAI: (429, "requests", "rate_limit_exceeded")),
        Case(
            status: 400,
            body: #"{"error":{"message":"M","type":"invalid_request_error","param":"x","code":"unsupported"}}"#,
            kind: .invalidRequest, anthropic: (400, "invalid_request_error"),
            openAI: (400, "invalid_request_error", "unsupported")),
    ]

    @Test(arguments: cases)
    func meansTheSameInBothDialects(_ expected: Case) throws {
        let error = ProviderError(status: expected.status, body: ByteBuffer(string: expected.body), requestID: "req-1")
        #expect(error.kind == expected.kind)
        #expect(error.status(in: .anthropicMessages) == expected.anthropic.0)
        #expect(error.status(in: .openAIChat) == expected.openAI.0)
        let anthropic = try #require(parsed(error.body(in: .anthropicMessages)))
        #expect(errorMember("type", of: anthropic) == expected.anthropic.1)
        #expect(anthropic["type"] as? String == "error" && anthropic["request_id"] as? String == "req-1")
        let openAI = try #require(parsed(error.body(in: .openAIChat)))
        #expect(errorMember("type", of: openAI) == expected.openAI.1)
        #expect(errorMember("code", of: openAI) == expected.openAI.2)
        let message = try #require(errorMember("message", of: openAI))
        #expect(!message.isEmpty && !message.contains("<html>"))
        #expect(errorMember("message", of: anthropic) == message)
    }

    private func errorMember(_ name: String, of body: NSDictionary?) -> String? {
        (body?["error"] as? NSDictionary)?[name] as? String
    }

    @Test func theMessageStaysOutOfLogs() {
        let error = ProviderError(
            status: 400,
            body: ByteBuffer(string: #"{"error":{"message":"secret prompt","type":"invalid_request_error"}}"#))
        #expect(error.message.string == "secret prompt")
        #expect(!"\(error)".contains("secret"))
    }

    @Test(
        arguments: [
            (#"{"error":{"message":"Invalid API key","type":"x"}}"#, nil, true),
            (#"{"error":{"message":"M","code":"invalid_api_key"}}"#, nil, true),
            (#"{"message":"M"}"#, "UnrecognizedClientException:http://internal.amazon.com/", true),
            (#"{"message":"M"}"#, "ExpiredTokenException", true), (#"{"message":"M"}"#, "AccessDeniedException", false),
            (#"{"error":{"message":"Permission denied","status":"PERMISSION_DENIED"}}"#, nil, false),
            (#"{"error":{"message":"\#(String(repeating: "x", count: 128)) invalid api key"}}"#, nil, false),
            ("<html>Forbidden</html>", nil, false), ("", nil, false),
        ] as [(String, String?, Bool)])
    func aCredentialIsRefusedWhereThatIsSaid(_ body: String, _ type: String?, _ refuses: Bool) {
        let error = ProviderError(status: 403, body: ByteBuffer(string: body), type: type)
        #expect(error.refusesCredential == refuses)
    }

    @Test func aLongMessageIsCut() {
        let long = String(repeating: "é", count: 50_000)
        let error = ProviderError(status: 500, body: ByteBuffer(string: #"{"error":{"message":"\#(long)"}}"#))
        #expect(error.body(in: .openAIChat).readableBytes < 5_000)
        #expect(parsed(error.body(in: .openAIChat)) != nil)
    }

    @Test(
        .enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)), arguments: ["openai", "anthropic"])
    func readsWhatProvidersSent(_ provider: String) throws {
        let api = provider == "openai" ? "chat/completions" : "messages"
        var seen = 0
        for (name, folder) in Recordings.exchanges(provider, api) {
            guard let meta = Recordings.file("meta.json", in: folder).flatMap(parsed),
                let status = meta["status"] as? Int, status >= 400,
                let body = Recordings.file("response.json", in: folder)
            else { continue }
            let error = ProviderError(status: status, body: body)
            let message = try #require(errorMember("message", of: parsed(body)))
            #expect(error.message.string == message, "\(name)")
            #expect(error.status(in: provider == "openai" ? .openAIChat : .anthropicMessages) == status, "\(name)")
            seen += 1
        }
        #expect(seen >= 2)
    }
}
