/// What a Claude model can be told of thinking and sampling, as far as its name tells its version.
///
/// The version is in every form of the name: `claude-3-7-sonnet@20250219`, `anthropic/claude-opus-4.6`,
/// `eu.anthropic.claude-sonnet-4-20250514-v1:0`. A name with `claude` and no version counts as the newest. Models of
/// other makers behind Anthropic's dialect take a budget and all sampling settings, which was the dialect's first form.
///
/// https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
/// https://platform.claude.com/docs/en/build-with-claude/effort
/// https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-7
struct ClaudeModel: Equatable, Sendable {
    /// How a model is told to think.
    enum Thinking: Sendable {
        /// Not at all: models before 3.7.
        case never
        /// `thinking: enabled` with a budget of tokens: models before 4.6, and other makers'.
        case budget
        /// `thinking: adaptive` with an effort: models from 4.6 on.
        case adaptive
    }

    /// What becomes of a request not to think.
    enum Silence: Sendable {
        /// It can be said.
        case disabled
        /// The model does not think unasked, and takes no word of it.
        case unsaid
        /// The model always thinks.
        case impossible
    }

    private struct Version: Comparable {
        let major: Int
        let minor: Int

        static func < (one: Version, other: Version) -> Bool {
            (one.major, one.minor) < (other.major, other.minor)
        }
    }

    private let isClaude: Bool
    /// nil: the name tells none.
    private let version: Version?
    private let family: Family?

    /// - Parameter name: the model's at the provider.
    init(_ name: String) {
        let name = name.lowercased()
        guard let mark = name.firstRange(of: "claude") else {
            isClaude = false
            version = nil
            family = nil
            return
        }
        isClaude = true
        let words = name[mark.upperBound...].split { !$0.isLetter && !$0.isNumber }
        version = Self.version(in: words)
        family = Family.allCases.first { family in words.contains { $0 == family.rawValue } }
    }

    /// Families that differ from the others of their version.
    private enum Family: String, CaseIterable {
        case fable, mythos, haiku
    }

    /// The first number and the one behind it; dates have more digits than versions.
    private static func version(in words: [Substring]) -> Version? {
        func number(_ word: Substring) -> Int? {
            let digits = word.first == "v" ? word.dropFirst() : word
            return digits.count <= 2 ? Int(digits) : nil
        }
        guard let first = words.firstIndex(where: { number($0) != nil }), let major = number(words[first]) else {
            return words.contains("instant") ? Version(major: 1, minor: 0) : nil
        }
        let next = first + 1
        let minor = next < words.count && words[next].first != "v" ? number(words[next]) : nil
        return Version(major: major, minor: minor ?? 0)
    }

    private func isFrom(_ major: Int, _ minor: Int) -> Bool {
        guard isClaude else { return false }
        return version.map { $0 >= Version(major: major, minor: minor) } ?? true
    }

    /// How it is told to think.
    var thinking: Thinking {
        guard isClaude else { return .budget }
        return isFrom(4, 6) ? .adaptive : isFrom(3, 7) ? .budget : .never
    }

    /// Whether it takes a budget of tokens.
    var takesBudget: Bool { thinking == .budget || thinking == .adaptive && !isFrom(4, 7) }

    /// What becomes of a request not to think: Fable, Mythos and Opus and Sonnet from 5.5 on always think, 4.7 and 4.8
    /// only when they are told to.
    var silence: Silence {
        guard isFrom(4, 7) else { return thinking == .never ? .unsaid : .disabled }
        guard let version, family != .fable, family != .mythos else { return .impossible }
        guard version.major >= 5 else { return .unsaid }
        return family == .haiku || version < Version(major: 5, minor: 5) ? .disabled : .impossible
    }

    /// Whether it lets itself be told how to sample; models from 4.7 on refuse such requests.
    var acceptsSampling: Bool { !isFrom(4, 7) }

    /// Whether it takes a temperature or a `top_p`, and refuses both: models from 4.1 on.
    var takesOneOfSampling: Bool { isFrom(4, 1) }

    /// The effort in the model's words: none has `minimal`, and 4.6 has no `xhigh`.
    func effort(_ effort: JSONText) -> JSONText {
        switch effort {
        case "minimal": JSONText("low")
        case "xhigh": isFrom(4, 7) ? effort : JSONText("high")
        default: effort
        }
    }
}
