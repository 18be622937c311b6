package import TollbookCore

/// Why bytes from a client or provider could not be read.
///
/// Names fields only from Tollbook's own closed list and never quotes what was sent, so it can be logged
/// and shown.
package struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    package typealias Code = TollbookError.Code

    /// What is wrong; one of the codes below.
    package let code: Code
    /// Absolute offset in the body of the byte at which it showed; the body's length when bytes are missing.
    package let offset: Int
    /// The field that Tollbook reads and that is wrong, missing or repeated, such as `max_tokens` or
    /// `stream_options.include_usage`; nil for errors of syntax.
    package let field: String?

    package init(_ code: Code, at offset: Int, field: String? = nil) {
        self.code = code
        self.offset = offset
        self.field = field
    }

    /// One sentence for the caller, such as "the body is not valid JSON at byte 17".
    package var message: String {
        let name = field ?? "a field"
        switch code {
        case .invalidUTF8: return "the body is not valid UTF-8 at byte \(offset)"
        case .truncatedJSON: return "the JSON body ends early, after \(offset) bytes"
        case .tooDeep: return "the JSON body is nested too deeply at byte \(offset)"
        case .notAnObject: return "the body must be a JSON object"
        case .duplicateField: return "the field \(name) appears more than once (again at byte \(offset))"
        case .missingField: return "the field \(name) is required"
        case .invalidField: return "the field \(name) cannot be used as it was sent (at byte \(offset))"
        case .malformedForm: return "the body is no multipart/form-data that can be read, at byte \(offset)"
        case .formTooLarge: return "the form has too many parts, or a part's headers are too long, at byte \(offset)"
        case .eventTooLarge: return "a server-sent event is larger than the limit"
        case .lineTooLarge: return "a line of the file is larger than \(WireLimits.batchLineBytes) bytes"
        case .malformedEvent: return "a message of the event stream is not well formed"
        default: return "the body is not valid JSON at byte \(offset)"
        }
    }

    package var description: String { "\(code.rawValue): \(message)" }
}

extension TollbookError.Code {
    /// Bytes in a JSON string that are not UTF-8 (RFC 3629: also overlong forms and surrogates).
    package static let invalidUTF8 = Self(rawValue: "invalid_utf8")
    /// The body ended inside a JSON value.
    package static let truncatedJSON = Self(rawValue: "truncated")
    /// More containers are open than the limit allows.
    package static let tooDeep = Self(rawValue: "too_deep")
    /// Not JSON by RFC 8259.
    package static let jsonSyntax = Self(rawValue: "syntax")
    /// JSON, but not an object at the top.
    package static let notAnObject = Self(rawValue: "not_an_object")
    /// A key that Tollbook reads occurs twice, so that provider and policy could read different values.
    package static let duplicateField = Self(rawValue: "duplicate_field")
    /// A field that Tollbook needs is absent or null.
    package static let missingField = Self(rawValue: "missing_field")
    /// A field that Tollbook reads has a value of the wrong type or out of range, or a spelling that is refused.
    package static let invalidField = Self(rawValue: "invalid_field")
    /// Not multipart/form-data by RFC 7578, or in a spelling that servers read differently.
    package static let malformedForm = Self(rawValue: "malformed_form")
    /// A form passed a limit of its parts or their headers.
    package static let formTooLarge = Self(rawValue: "form_too_large")
    /// A message of an AWS event stream has a wrong checksum, length or header.
    package static let malformedEvent = Self(rawValue: "malformed_event")
    /// A line of a batch's file passed its size limit.
    package static let lineTooLarge = Self(rawValue: "line_too_large")
    /// A server-sent event, or a message of an AWS event stream, passed its size limit.
    package static let eventTooLarge = Self(rawValue: "event_too_large")
}
