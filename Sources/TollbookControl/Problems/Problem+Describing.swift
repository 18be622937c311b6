internal import HTTPTypes
internal import Hummingbird
internal import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookReports

extension Problem {
    /// The problem that an error means: its own, the one of its code, or 500 for a fault of Tollbook.
    init(describing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as TollbookError: self.init(error)
        case let error as GovernanceDocumentError: self.init(error)
        case let error as HTTPError: self.init(error)
        case is CancellationError:
            self.init(status: 503, code: .shuttingDown, "the request was cut")
        default:
            self.init(
                status: 500, code: .internalError, "something is wrong inside", hint: "the server's log says more")
        }
    }

    private init(_ error: TollbookError) {
        let detail = error.cause.map { "\(error.message): \($0)" } ?? error.message
        self.init(status: ErrorStatus.status(of: error.code), code: error.code, detail, hint: error.hint)
    }

    private init(_ error: GovernanceDocumentError) {
        self.init(
            status: 422, code: .governanceInvalid, "the governance document is refused; nothing was applied",
            errors: error.description.split(separator: "\n").map(String.init))
    }

    private init(_ error: HTTPError) {
        let isMissing = error.status == .notFound
        self.init(
            status: error.status.code, code: isMissing ? .notFound : .invalidRequest,
            isMissing ? "there is no such path" : error.body ?? error.status.reasonPhrase)
    }
}

/// The HTTP status of each error code.
enum ErrorStatus {
    /// 400 unless the code is listed: most errors tell what is wrong with the request.
    static func status(of code: TollbookError.Code) -> Int {
        statuses[code] ?? 400
    }

    private static let statuses: [TollbookError.Code: Int] = [
        .unauthorized: 401,
        .notFound: 404,
        .noSuchObject: 404,
        .requestUnknown: 404,
        .nameTaken: 409,
        .governanceInvalid: 422,
        .invalidChange: 422,
        .bodyTooLarge: 413,
        .tooManyRefusals: 429,
        .tooManyExports: 429,
        .tooManyFollowers: 429,
        .readersBusy: 503,
        .ledgerUnavailable: 503,
        .overloaded: 503,
        .shuttingDown: 503,
        .internalError: 500,
        .secretFileUnusable: 500,
        .queryTimeout: 504,
    ]
}
