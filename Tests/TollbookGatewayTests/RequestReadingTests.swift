import NIOCore
import Testing
import TollbookCore
import TollbookGateway

/// What is read of a request's head.
@Suite struct RequestReadingTests {
    @Test func sortsTagsAndTrimsThem() {
        #expect(RequestTags.normalized("feature=search, env=prod") == "env=prod,feature=search")
        #expect(RequestTags.normalized("") == "")
    }

    @Test(arguments: ["no-equals", "=v", "a b=1", "a=1,a=2", "a=\u{7F}"])
    func refusesBrokenTags(_ header: String) {
        #expect(RequestTags.normalized(header) == nil)
    }

    @Test func refusesTagsPastTheirLimits() {
        #expect(RequestTags.normalized((0..<17).map { "t\($0)=1" }.joined(separator: ",")) == nil)
        #expect(RequestTags.normalized("a=" + String(repeating: "v", count: 129)) == nil)
        #expect(RequestTags.normalized(String(repeating: "n", count: 65) + "=1") == nil)
    }

    @Test func readsTheTraceID() {
        let id = TraceParent.traceID("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(id?.first == 0x0A && id?.count == 16)
    }

    @Test(arguments: [
        "", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ])
    func ignoresBrokenTraceParents(_ header: String) {
        #expect(TraceParent.traceID(header) == nil)
    }

    @Test func knowsItsPaths() {
        #expect(FrontTarget(method: "POST", path: "/v1/chat/completions") == .call(.chatCompletions))
        #expect(FrontTarget(method: "POST", path: "/v1/messages") == .call(.messages))
        #expect(FrontTarget(method: "POST", path: "/v1/messages/count_tokens") == .call(.countTokens))
        #expect(FrontTarget(method: "POST", path: "/v1/responses") == .call(.responses))
        #expect(FrontTarget(method: "POST", path: "/v1/responses/input_tokens") == .call(.responsesInputTokens))
        #expect(FrontTarget(method: "GET", path: "/v1/responses/resp_1") == .storedResponse)
        #expect(FrontTarget(method: "DELETE", path: "/v1/messages") == .methodNotAllowed(allow: "POST"))
        #expect(FrontTarget(method: "POST", path: "/v1/messages/") == .notFound)
        #expect(FrontTarget(method: "GET", path: "/v1/models/meta%2Fllama") == .model("meta/llama"))
        #expect(FrontTarget(method: "GET", path: "/v1/chat/completions") == .methodNotAllowed(allow: "POST"))
        #expect(FrontTarget(method: "GET", path: "/metrics") == .notFound)
        for version in ["v1beta", "v1alpha", "v1"] {
            let models = "/\(version)/models"
            #expect(
                FrontTarget(method: "POST", path: "\(models)/a/b%3Ac:generateContent")
                    == .call(.generateContent, model: "a/b:c"))
            #expect(
                FrontTarget(method: "POST", path: "\(models)/m:streamGenerateContent")
                    == .call(.streamGenerateContent, model: "m"))
            #expect(
                FrontTarget(method: "GET", path: "\(models)/m:countTokens") == .methodNotAllowed(allow: "POST"))
            #expect(FrontTarget(method: "GET", path: "\(models)") == .models)
            #expect(FrontTarget(method: "GET", path: "\(models)/ft:m:org") == .model("ft:m:org"))
            for path in ["\(models)/:generateContent", "\(models)/%0A:generateContent"] {
                #expect(FrontTarget(method: "POST", path: Substring(path)) != .call(.generateContent, model: ""))
            }
        }
        #expect(FrontTarget(method: "POST", path: "/v1beta/models/m:predict") == .notFound)
        let deployments = "/openai/deployments/"
        #expect(
            FrontTarget(method: "POST", path: "\(deployments)gpt%204o/chat/completions")
                == .call(.chatCompletions, model: "gpt 4o"))
        #expect(FrontTarget(method: "POST", path: "\(deployments)e/embeddings") == .call(.embeddings, model: "e"))
        #expect(FrontTarget(method: "GET", path: "\(deployments)e/embeddings") == .methodNotAllowed(allow: "POST"))
        for path in [
            "\(deployments)/embeddings", "\(deployments)e", "\(deployments)e/images", "\(deployments)%0A/embeddings",
        ] {
            #expect(FrontTarget(method: "POST", path: Substring(path)) == .notFound)
        }
        #expect(FrontTarget(method: "POST", path: "/openai/v1/chat/completions") == .call(.chatCompletions))
        #expect(FrontTarget(method: "GET", path: "/openai/models") == .models)
        #expect(FrontTarget(method: "GET", path: "/openai/v1/models/a%2Fb") == .model("a/b"))
        #expect(FrontTarget(method: "POST", path: "/openai/v1/openai/v1/embeddings") == .notFound)
    }

    @Test func findsBedrocksModels() {
        let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/m"
        for escaped in [arn, "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fm"] {
            let path = Substring("/model/\(escaped)/converse")
            #expect(FrontTarget(method: "POST", path: path) == .call(.converse, model: arn))
            #expect(FrontTarget(method: "POST", path: path + "-stream") == .call(.converseStream, model: arn))
            #expect(FrontTarget(method: "GET", path: path) == .methodNotAllowed(allow: "POST"))
        }
        for path in [
            "/model/converse", "/model//converse", "/model/m/invoke", "/model/%0A/converse", "/model/%/converse",
        ] {
            #expect(FrontTarget(method: "POST", path: Substring(path)) == .notFound)
        }
    }

    /// The headers of a POST with these lines.
    private static func headers(_ lines: [String], target: String = "/") throws -> RequestHeaders {
        var reader = RequestReader()
        reader.append(
            ByteBuffer(string: "POST \(target) HTTP/1.1\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"))
        guard case .head(let head) = try reader.next() else { throw MessageFault.malformed }
        return head.headers
    }

    @Test func forwardsOnlyWhatMayLeave() throws {
        let headers = try Self.headers([
            "Host: x", "User-Agent: app/1.0", "Cookie: a=1", "X-Api-Key: other", "OpenAI-Organization: org",
            "x-tollbook-anything: 1", "Connection: keep-alive, X-Hop", "X-Hop: 1", "accept-encoding: gzip",
        ])
        #expect(String(buffer: headers.forwarded) == "User-Agent: app/1.0\r\n")
    }

    @Test func prefersTheAuthorizationHeader() throws {
        let headers = try Self.headers(["x-api-key: tb-2", "authorization: Bearer tb-1"], target: "/?key=tb-3")
        #expect(headers.secret?.place == .authorization)
        #expect(headers.secret.map { String(buffer: $0.value) } == "Bearer tb-1")
    }

    @Test func findsTheKeyInTheQueryLast() throws {
        #expect(try Self.headers([], target: "/?a=b&key=tb%2D3").secret.map { String(buffer: $0.value) } == "tb-3")
        #expect(try Self.headers(["api-key: tb-2"], target: "/?key=tb-3").secret?.place == .apiKey)
        #expect(try Self.headers(["authorization: Basic tb-1"], target: "/?key=").secret == nil)
    }

    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) func passesPathsThrough(_ method: String) {
        let expected = FrontTarget.call(.passthrough, model: "passthrough/up")
        for path in ["files", "a/b%2Fc;d=1", "", "...", "a%2e/..b"] {
            #expect(FrontTarget(method: method, path: "/passthrough/up/\(path)") == expected)
        }
        #expect(
            FrontTarget(method: method, path: "/passthrough/eu%2Fup/x")
                == .call(.passthrough, model: "passthrough/eu/up"))
    }

    @Test(arguments: [
        "/passthrough", "/passthrough/", "/passthrough/up", "/passthrough//x", "/passthrough/up/..",
        "/passthrough/up/./x",
        "/passthrough/up/a/%2e%2E/b", "/passthrough/up/..%2f..", "/passthrough/up/%5c..%5cx", "/passthrough/up/%zz",
        "/passthrough/%0a/x",
    ]) func leavesNoProvidersBasePath(_ path: String) {
        #expect(FrontTarget(method: "GET", path: Substring(path)) == .notFound)
    }

    @Test(arguments: ["HEAD", "CONNECT", "TRACE", "get"]) func passesNoOtherMethods(_ method: String) {
        let allow = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
        #expect(FrontTarget(method: method, path: "/passthrough/up/x") == .methodNotAllowed(allow: allow))
    }
}
