/// The text of all answers: the same words in the same order, one word a token, ASCII that JSON need not escape.
struct Vocabulary: Sendable {
    /// `period` tokens, each a space and a word, one after another, twice over so that a run never wraps.
    private let text: [UInt8]
    /// Where each token starts; one more entry than tokens.
    private let starts: [Int]
    /// After so many tokens the text repeats.
    let period: Int

    /// The words that every simulator uses.
    static let latin = Vocabulary(
        words: """
            lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et \
            dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea \
            commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur \
            excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum
            """.split(separator: " ").map(String.init))

    private init(words: [String]) {
        period = words.count * 8
        var text: [UInt8] = []
        var starts: [Int] = []
        // Eight rounds, each from another word on: the text does not repeat every paragraph.
        for index in 0..<period * 2 {
            let round = index % period / words.count
            let word = words[(index + 11 * round) % words.count]
            starts.append(text.count)
            text.append(0x20)
            text.append(contentsOf: word.utf8)
        }
        starts.append(text.count)
        self.text = text
        self.starts = starts
    }

    /// The text for a loop that reads it without reference counting; valid only within ``withView(_:)``.
    struct View {
        fileprivate let text: UnsafeRawBufferPointer
        fileprivate let starts: UnsafeBufferPointer<Int>
        /// The longest run that ``tokens(_:count:)`` gives.
        let period: Int

        /// The bytes of `count` tokens from the `first` on, for the first choice.
        func tokens(_ first: Int, count: Int) -> UnsafeRawBufferPointer {
            let begin = first % period
            let start = starts[begin] + (first == 0 ? 1 : 0)
            return UnsafeRawBufferPointer(rebasing: text[start..<starts[begin + min(count, period)]])
        }
    }

    /// Calls `body` with a view of the text.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        text.withUnsafeBytes { text in
            starts.withUnsafeBufferPointer { starts in body(View(text: text, starts: starts, period: period)) }
        }
    }

    /// Writes `count` tokens from the `first` on; choice `choice` has its own place in the text. The first token of
    /// an answer comes without its space.
    func write(_ first: Int, count: Int, choice: Int, into sink: inout ByteSink) {
        var token = first
        let end = first + count
        while token < end {
            let run = min(period, end - token)
            let begin = (token + choice * 17) % period
            let start = starts[begin] + (token == 0 ? 1 : 0)
            let stop = starts[begin + run]
            text.withUnsafeBytes { sink.write(UnsafeRawBufferPointer(rebasing: $0[start..<stop])) }
            token += run
        }
    }
}
