/// A directive that the simulator does not understand; it is answered with 400, so that a misspelled test fails.
package struct DirectiveError: Error, Sendable, Equatable {
    /// What was written, at most 64 characters of it, and what to write instead.
    package let message: String

    /// - Parameters:
    ///   - written: the text as the caller gave it.
    ///   - hint: what would have been right.
    init(written: some StringProtocol, hint: String) {
        message = "Directive '\(written.prefix(64))' is not understood: \(hint)"
    }
}
