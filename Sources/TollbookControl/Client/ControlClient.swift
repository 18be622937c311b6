internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import TollbookCore

/// Talks to the control plane of a running server, for the commands.
///
/// Every answer that is not a success is thrown as the error the server stated.
package struct ControlClient: Sendable {
    private let base: URL
    private let token: String?
    private let client: HTTPClient

    /// Runs `body` with a client and closes its connections afterwards.
    ///
    /// - Parameters:
    ///   - address: the server's URL, `http://127.0.0.1:8081` for example.
    ///   - token: the owner's token; nil for the open routes.
    ///   - quietSeconds: after so many without a byte an answer is given up; nil: never.
    /// - Throws: `invalid_url`; else what the body throws.
    package static func run<Result>(
        address: String, token: String?, quietSeconds: Int64? = nil, _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        guard let base = URL(string: address), let scheme = base.scheme?.lowercased(), base.host != nil,
            scheme == "http" || scheme == "https"
        else {
            throw TollbookError(
                .invalidURL, "the server's address is not an http or https URL",
                hint: "set TOLLBOOK_URL or --url, for example to http://127.0.0.1:8081")
        }
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = ClientLimits.connectTimeout
        configuration.timeout.read = quietSeconds.map { .seconds($0) }
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(ControlClient(base: base, token: token, client: client))
            try? await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// GET of a path below the server's address.
    package func get(_ path: String, query: [(String, String?)] = []) async throws -> [UInt8] {
        let response = try await send(.GET, path, query: query, body: nil)
        return try await Self.bytes(response, upTo: ClientLimits.answerBytes)
    }

    /// GET of the object that `component` names below a path; any text is one component.
    package func get(_ path: String, component: String) async throws -> [UInt8] {
        let response = try await send(.GET, path, suffix: Self.suffix(component), query: [], body: nil)
        return try await Self.bytes(response, upTo: ClientLimits.answerBytes)
    }

    /// POST of a JSON body to what is below the object that `component` names; any text is one component.
    package func post(
        _ path: String, component: String, then rest: String, _ body: some Encodable
    ) async throws -> [UInt8] {
        let response = try await send(
            .POST, path, suffix: Self.suffix(component) + "/" + rest, query: [], body: ControlJSON.encoder.encode(body))
        return try await Self.bytes(response, upTo: ClientLimits.answerBytes)
    }

    /// POST of a JSON body.
    package func post(_ path: String, _ body: some Encodable, query: [(String, String?)] = []) async throws -> [UInt8] {
        let response = try await send(.POST, path, query: query, body: ControlJSON.encoder.encode(body))
        return try await Self.bytes(response, upTo: ClientLimits.answerBytes)
    }

    /// DELETE of the object that `component` names below a path; any text is one component.
    package func delete(_ path: String, component: String, query: [(String, String?)] = []) async throws -> [UInt8] {
        let response = try await send(.DELETE, path, suffix: Self.suffix(component), query: query, body: nil)
        return try await Self.bytes(response, upTo: ClientLimits.answerBytes)
    }

    private static func suffix(_ component: String) -> String {
        "/" + (component.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }

    /// Has the server verify its ledger: the answer in the format, and whether there was no finding.
    package func verify(_ format: ReportFormat) async throws -> (answer: [UInt8], isClean: Bool) {
        let response = try await send(.POST, "/api/v1/verify", query: [("format", format.rawValue)], body: nil)
        let answer = try await Self.bytes(response, upTo: ClientLimits.answerBytes)
        return (answer, response.headers.first(name: ControlHeader.clean) == "true")
    }

    /// GET of a file, handed over piece by piece as it comes.
    package func download(
        _ path: String, query: [(String, String?)] = [], to write: ([UInt8]) throws -> Void
    ) async throws {
        let response = try await send(.GET, path, query: query, body: nil)
        do {
            for try await piece in response.body { try write(Array(buffer: piece)) }
        } catch  where Self.isOfConnection(error) {
            throw unreachable(error)
        }
    }

    /// Whether an answer broke off, and not what was done with it.
    private static func isOfConnection(_ error: any Error) -> Bool {
        error is HTTPClientError || error is HTTPParserError || error is IOError || error is ChannelError
    }

    private func send(
        _ method: HTTPMethod, _ path: String, suffix: String = "", query: [(String, String?)], body: Data?
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url(path, suffix, query))
        request.method = method
        request.headers.add(name: "accept", value: "*/*")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await client.execute(request, timeout: ClientLimits.totalTimeout)
            guard response.status.code >= 300 else { return response }
            throw try await Self.problem(response)
        } catch let error as TollbookError {
            throw error
        } catch {
            throw unreachable(error)
        }
    }

    private func url(_ path: String, _ suffix: String, _ query: [(String, String?)]) -> String {
        var components = URLComponents()
        components.percentEncodedPath = path + suffix
        let items = query.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        if !items.isEmpty { components.queryItems = items }
        let root = base.absoluteString
        // URLComponents leaves a plus as it is, and servers read it as a space.
        let tail = (components.string ?? path).replacingOccurrences(of: "+", with: "%2B")
        return (root.hasSuffix("/") ? String(root.dropLast()) : root) + tail
    }

    private static func bytes(_ response: HTTPClientResponse, upTo limit: Int) async throws -> [UInt8] {
        do {
            return Array(buffer: try await response.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw TollbookError(
                .unexpectedAnswer, "the server's answer is larger than \(limit) bytes", hint: "ask for a shorter period"
            )
        }
    }

    private static func problem(_ response: HTTPClientResponse) async throws -> TollbookError {
        let bytes = try await bytes(response, upTo: ClientLimits.problemBytes)
        if let problem = try? ControlJSON.decoder.decode(Problem.self, from: Data(bytes)) { return problem.asError }
        return TollbookError(
            .unexpectedAnswer, "the server answered with status \(response.status.code)",
            hint: "is this the control plane's port?")
    }

    private func unreachable(_ error: any Error) -> TollbookError {
        TollbookError(
            .serverUnreachable, "no server answers at \(base.absoluteString)", cause: SystemReason.text(error),
            hint: "start one with `tollbook serve`, or set TOLLBOOK_URL; reports also take --data DIR")
    }
}

/// Bounds of the client.
enum ClientLimits {
    static let connectTimeout = TimeAmount.seconds(5)
    /// A verification of a large ledger takes minutes; nothing takes an hour.
    static let totalTimeout = TimeAmount.hours(1)
    /// A report's rows are bounded by the server; larger is not a report.
    static let answerBytes = 256 * 1024 * 1024
    static let problemBytes = 1024 * 1024
}
