/// Finds functions and initializers by their keyword and counts lines from it to the closing brace.
enum FunctionScanner {
    struct Function {
        let name: String
        /// Of the keyword, from 1.
        let line: Int
        let lines: Int
    }

    static func functions(in file: SwiftFile) -> [Function] {
        let start = #/^\s*(?:@\w+(?:\([^)]*\))? )*(?:\w+(?:\(\w+\))? )*?(?:func ([^\s(<]+)|init[?(<]|subscript\()/#
        return file.code.enumerated().compactMap { index, line in
            guard let match = line.prefixMatch(of: start) else { return nil }
            guard let end = end(of: index, in: file.code) else { return nil }
            return Function(name: String(match.1 ?? "init"), line: index + 1, lines: end - index + 1)
        }
    }

    /// The line of the brace that closes the body that begins on or after `start`; nil for a declaration without one.
    private static func end(of start: Int, in code: [String]) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            if index > start, braces == 0, parentheses == 0, isNextDeclaration(code[index]) { return nil }
            for character in code[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}" where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                case "}" where parentheses == 0: return nil
                default: break
                }
            }
        }
        return nil
    }

    private static func isNextDeclaration(_ line: String) -> Bool {
        line.contains(#/^\s*(?:\w+ )*(?:func|var|let|init|static|associatedtype|case|subscript)\b/#)
    }
}
