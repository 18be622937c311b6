/// The rule for names of people's own things: they end up in CSV cells, scope paths, headers and terminals.
package enum ObjectName {
    /// Bytes of UTF-8.
    package static let maximumBytes = 128

    /// A spreadsheet takes a cell that begins with one of these for a formula.
    private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@"]

    /// Why the name is refused; nil when it may be used.
    ///
    /// - Parameter allowsSlash: true for names that are no part of a scope path: routes, models, deployments.
    package static func violation(in name: String, allowsSlash: Bool) -> RuleViolation? {
        guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else {
            return RuleViolation("the name is empty", "Write a name.")
        }
        if name.utf8.count > maximumBytes {
            return RuleViolation(
                "the name has \(name.utf8.count) bytes", "Write a name of at most \(maximumBytes) bytes.")
        }
        if name.unicodeScalars.contains(where: isControl) {
            return RuleViolation(
                "the name \(Quoted.text(name)) has a control character",
                "Write it without line breaks, tabs and invisible direction marks.")
        }
        if first.properties.isWhitespace || last.properties.isWhitespace {
            return RuleViolation("the name \(Quoted.text(name)) begins or ends with a space", "Write it without.")
        }
        if formulaStarts.contains(first) {
            return RuleViolation(
                "the name \(Quoted.text(name)) begins with '\(first)', which a spreadsheet takes for a formula",
                "Write a name that begins with a letter or digit.")
        }
        if !allowsSlash, name.unicodeScalars.contains("/") {
            return RuleViolation(
                "the name \(Quoted.text(name)) has a '/', which separates names in a scope",
                "Write '\(Self.withoutSlash(name))'.")
        }
        return nil
    }

    /// Control characters, line and paragraph separators, and marks that turn the direction of writing.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }

    private static func withoutSlash(_ name: String) -> String {
        String(name.map { $0 == "/" ? "-" : $0 })
    }
}
