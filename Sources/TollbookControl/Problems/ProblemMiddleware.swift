internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import TollbookCore

/// Makes every error a problem document, counts the request, and refuses new ones while the server goes down.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    let activity: ControlActivity
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard activity.enter() else {
            return Response(Problem(status: 503, code: TollbookError.Code.shuttingDown, "the gateway is going down"))
        }
        defer { activity.leave() }
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(describing: error)
            if problem.status >= 500 { report(problem, error) }
            return Response(problem)
        }
    }

    private func report(_ problem: Problem, _ error: any Error) {
        logger.error(
            "A request of the control plane failed",
            metadata: ["code": "\(problem.code)", "error": "\(error)"])
    }
}

extension Response {
    /// A problem document as an answer.
    init(_ problem: Problem) {
        var headers: HTTPFields = [.contentType: Problem.mediaType, .cacheControl: "no-store"]
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"tollbook\"" }
        if problem.status == 429 || problem.status == 503 { headers[.retryAfter] = "5" }
        self.init(
            status: .init(code: problem.status, reasonPhrase: problem.title), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: problem.json)))
    }
}

extension Problem {
    init(
        status: Int, code: TollbookError.Code, _ detail: String, hint: String? = nil, errors: [String]? = nil
    ) {
        self.init(status: status, code: code.rawValue, detail: detail, hint: hint, errors: errors)
    }
}
