internal import ArgumentParser

/// How log lines look.
enum LogFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// `time=… level=… message="…" key=value`.
    case text
    /// One JSON object a line.
    case json
}
