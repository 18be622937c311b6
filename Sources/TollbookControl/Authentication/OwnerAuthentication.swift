internal import HTTPTypes
internal import Hummingbird
internal import TollbookCore

/// Lets requests with the owner's token through and refuses all others.
///
/// A correct token is never refused, however many wrong ones came before it: the bound is on refusals alone, and
/// 256 random bits are not guessed at any rate.
struct OwnerAuthentication: RouterMiddleware {
    typealias Context = ControlContext

    let token: OwnerToken
    let refusals: RefusalBook

    func handle(
        _ request: Request, context: ControlContext, next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        if let presented = Self.bearerToken(request), token.matches(presented) {
            return try await next(request, context)
        }
        guard await refusals.note(address: context.callerAddress) else {
            throw Problem(status: 429, code: .tooManyRefusals, "too many wrong tokens", hint: "wait a minute")
        }
        throw Problem(
            status: 401, code: .unauthorized, "the owner's token is missing or wrong",
            hint: "send `Authorization: Bearer` with the content of DIR/owner-token")
    }

    private static func bearerToken(_ request: Request) -> Substring? {
        guard let value = request.headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}
