internal import Foundation
package import TollbookCore

/// An error answer of the control plane: RFC 9457 problem details with Tollbook's `code` and `hint`.
package struct Problem: Error, Codable, Sendable, Equatable {
    /// The media type of the body.
    package static let mediaType = "application/problem+json"

    /// `about:blank`: `code` identifies the problem.
    package var type = "about:blank"
    /// The phrase of the HTTP status.
    package var title: String
    package var status: Int
    /// What went wrong, for a person.
    package var detail: String
    /// A stable, snake_case identifier.
    package var code: String
    /// What the reader can do.
    package var hint: String?
    /// Further findings, one line each, for a document with several mistakes.
    package var errors: [String]?

    package init(
        status: Int, code: String, detail: String, hint: String? = nil, errors: [String]? = nil
    ) {
        self.title = HTTPStatusText.phrase(status)
        self.status = status
        self.detail = detail
        self.code = code
        self.hint = hint
        self.errors = errors
    }

    /// What a client shows of it: the same error that the command would have thrown on the server's side.
    package var asError: TollbookError {
        TollbookError(.init(rawValue: code), detail, cause: errors?.joined(separator: "\n"), hint: hint)
    }

    /// The body, as one line of JSON.
    package var json: [UInt8] {
        // Encoding strings and integers cannot fail; an empty object is still a problem document.
        Array((try? ControlJSON.encoder.encode(self)) ?? Data("{}".utf8))
    }
}

/// The phrases of the statuses that the control plane answers with.
enum HTTPStatusText {
    static func phrase(_ status: Int) -> String {
        phrases[status] ?? (status < 500 ? "Request refused" : "Server error")
    }

    private static let phrases = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        409: "Conflict", 410: "Gone", 413: "Content Too Large", 415: "Unsupported Media Type",
        422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error",
        503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
