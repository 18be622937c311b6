/// One line on stderr that is written over, when stderr is a terminal; else nothing.
struct ProgressLine {
    private let isShown = StandardError.isTerminal

    func show(_ text: String) {
        guard isShown else { return }
        // Back to the line's start, and erase to its end.
        StandardError.write("\r\(text)\u{1B}[K")
    }

    func end() {
        guard isShown else { return }
        StandardError.write("\r\u{1B}[K")
    }
}
