/// What a caller pins about one answer: counts, times and faults, written `key=value,key=value`.
///
/// They come, later over earlier, from the configuration, from the model name (the text after its last `/` or `:`
/// before the first `=`, as in `sim/completion=20,fault=drip`) and from the request header `x-sim`. What is not
/// pinned follows the request. Every key is listed with its meaning in ``Directives/help``.
package struct Directives: Sendable, Equatable {
    package var prompt: Int?
    package var completion: Int?
    package var cached: Int?
    package var cacheWrite: Int?
    package var audioIn: Int?
    package var reasoning: Int?
    package var audioOut: Int?
    package var acceptedPrediction: Int?
    package var rejectedPrediction: Int?
    package var chunks: Int?
    package var perWrite: Int?
    package var toolCalls: Int?
    package var latencyMillis: Int?
    package var latencyP99Millis: Int?
    package var tokensPerSecond: Int?
    package var seed: Int?
    package var status: Int?
    package var retryAfterSeconds: Int?
    package var after: Int?
    package var bytes: Int?
    package var gapMillis: Int?
    package var stallMillis: Int?
    package var closeAfterMillis: Int?
    package var times: Int?
    package var percent: Int?
    package var fault: Fault?
    package var shape: ErrorShape?
    package var usage: UsagePlacement?
    package var cut: CutKind?
    package var code: String?

    /// How `fault=cut_mid_stream` ends the connection.
    package enum CutKind: String, Sendable, CaseIterable {
        /// Closed: the peer reads an end of file inside the body.
        case close
        /// Reset: the peer's next read fails.
        case rst
    }

    /// Nothing pinned.
    package init() {}

    /// - Parameter text: `key=value` pairs between commas; spaces around them are ignored; empty text pins nothing.
    /// - Throws: ``DirectiveError`` for an unknown key or a value out of range.
    package init(parsing text: String) throws(DirectiveError) {
        try apply(text)
    }

    /// Pins what `text` says, over what was pinned before.
    ///
    /// - Throws: ``DirectiveError``; what came before the mistake is applied then.
    package mutating func apply(_ text: some StringProtocol) throws(DirectiveError) {
        for part in text.split(separator: ",") {
            let pair = part.trimmed
            if pair.isEmpty { continue }
            guard let equals = pair.firstIndex(of: "=") else {
                throw DirectiveError(written: pair, hint: "write key=value")
            }
            let key = pair[..<equals].trimmed
            try set(String(key), to: String(pair[pair.index(after: equals)...].trimmed))
        }
    }

    private mutating func set(_ key: String, to value: String) throws(DirectiveError) {
        if let number = DirectiveKey.numbers[key] {
            guard let parsed = Int(value), number.range.contains(parsed) else {
                let range = "\(number.range.lowerBound) to \(number.range.upperBound)"
                throw DirectiveError(written: "\(key)=\(value)", hint: "give a whole number from \(range)")
            }
            self[keyPath: number.path] = parsed
            return
        }
        switch key {
        case "fault": fault = try word(value, key)
        case "shape": shape = try word(value, key)
        case "usage": usage = try word(value, key)
        case "cut": cut = try word(value, key)
        case "code": code = value
        default: throw DirectiveError(written: key, hint: "see `tollbook simulate --help` for the keys")
        }
    }

    private func word<Word>(_ value: String, _ key: String) throws(DirectiveError) -> Word
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        if let word = Word(rawValue: value) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw DirectiveError(written: "\(key)=\(value)", hint: "one of \(known)")
    }
}

extension StringProtocol {
    /// Without the spaces and tabs at both ends.
    fileprivate var trimmed: SubSequence {
        guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }),
            let last = lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
