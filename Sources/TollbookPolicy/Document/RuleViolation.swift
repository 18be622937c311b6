/// Why a value is refused, and what to write instead.
package struct RuleViolation: Error, Equatable, Sendable {
    /// What is wrong; a sentence without its full stop.
    package let problem: String
    /// What to write instead; whole sentences.
    package let advice: String

    package init(_ problem: String, _ advice: String) {
        self.problem = problem
        self.advice = advice
    }
}

/// People's text as messages repeat it.
package enum Quoted {
    /// Longer text is cut: a message stays one line.
    private static let maximumCharacters = 80

    /// The text in single quotes, control characters replaced, cut when long.
    package static func text(_ text: some StringProtocol) -> String {
        var shown = ""
        for character in text.prefix(maximumCharacters) {
            let isPlain = character.unicodeScalars.allSatisfy { !ObjectName.isControl($0) }
            shown.append(isPlain ? character : "\u{FFFD}")
        }
        return "'" + shown + (text.count > maximumCharacters ? "…" : "") + "'"
    }

    /// `a, b or c`.
    package static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// Finds the word that somebody probably meant.
package enum Suggestion {
    /// The known word nearest to the one written; nil when none is near.
    package static func nearest(to word: String, in known: some Sequence<String>) -> String? {
        let limit = max(1, min(3, word.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in known where abs(candidate.count - word.count) <= limit {
            let distance = distance(Array(word.lowercased()), Array(candidate.lowercased()))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The Levenshtein distance.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var previous = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (character == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
