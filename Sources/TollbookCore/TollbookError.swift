/// An error with a stable code, a message for a person, and what to do about it.
///
/// `description` never holds prompts, keys, SQL arguments or upstream bodies; only `code` goes into metrics.
package struct TollbookError: Error, Sendable, CustomStringConvertible {
    /// A stable, snake_case identifier; documented in README's table of error codes.
    package struct Code: Hashable, Sendable, RawRepresentable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    package var code: Code
    package var message: String
    /// What made it fail, without secrets; nil when the message says it all.
    package var cause: String?
    /// What the reader can do.
    package var hint: String?

    package init(_ code: Code, _ message: String, cause: String? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.hint = hint
    }

    package var description: String {
        var text = "\(code.rawValue): \(message)"
        if let cause { text += " (\(cause))" }
        if let hint { text += ". \(hint)" }
        return text
    }
}
